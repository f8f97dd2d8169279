import type { DecodeContent } from './decodeContent.js';
import { BorrowedFrame } from '../borrowedFrame.js';
import type { Frame } from '../../base/frame.js';
import type { Direction } from '../../base/model.js';
import { FileFrame, FileInlet } from './fileInlet.js';
import * as column from './columns.js';
import type { FrameBlock } from './columns.js';
import { FrameTable } from './frameTable.js';
import { JoinedMessages } from './joinedMessages.js';
import type { OpenMessages } from './openMessages.js';
import { PayloadWriter } from './payloadWriter.js';
import type { Slab } from './slab.js';
import { SlabStore, type SlabStoreOptions } from './slabStore.js';
import { WireInlet } from './wireInlet.js';

export interface LogStoreOptions extends SlabStoreOptions {
  readonly columnBudgetBytes: number;
  /** Payload bytes stored of a message, over all its frames. */
  readonly keepMessageBytes: number;
  /** As JoinedMessages has it. */
  readonly onTouch: (slot: number) => void;
  /** What filters look at in the place of a message's text. */
  readonly decode: DecodeContent | null;
}

/** A message as a browser or a HAR tells it. Its bytes are borrowed. */
export interface UnframedMessage {
  readonly direction: Direction;
  readonly binary: boolean;
  readonly bytes: Uint8Array;
  /** The full size; more than `bytes` has where it was cut. */
  readonly payloadBytes: number;
  readonly atMs: number;
}

const encoder = new TextEncoder();

/** The rows, messages and payloads of a log, and how a frame gets in. What leaves is read by RowReader. */
export class LogStore {
  readonly table: FrameTable;
  readonly joined: JoinedMessages;
  readonly slabs: SlabStore;
  readonly decode: DecodeContent | null;
  /** Grows whenever rows were dropped or cleared. */
  epoch = 0;
  droppedFrames = 0;
  /** How often the log was cleared. */
  generation = 0;

  readonly #keepMessageBytes: number;
  readonly #writer: PayloadWriter;
  /** What the last inlet that closed left to write to. */
  #rest: Slab | null = null;
  /** Of `joined`, at hand for the hot path. */
  readonly #open: OpenMessages;
  #latestConnection = 1;

  constructor(options: LogStoreOptions) {
    this.slabs = new SlabStore(options);
    this.decode = options.decode;
    this.#writer = new PayloadWriter(this.slabs);
    this.#keepMessageBytes = Math.min(options.keepMessageBytes, this.slabs.maxPayloadBytes);
    this.table = new FrameTable({
      budgetBytes: options.columnBudgetBytes,
      besideBytes: () => this.joined.messages.bytes,
      onDrop: (block) => this.#dropBlock(block),
    });
    this.joined = new JoinedMessages(this.table, this.slabs, this.#keepMessageBytes, options.onTouch);
    this.#open = this.joined.open;
  }

  /** Memory for what comes in on one connection; frames that a decoder finds in it are logged where they lie. */
  openInlet(): WireInlet {
    return new WireInlet(this.slabs, this.#keepMessageBytes, {
      take: () => {
        const rest = this.#rest;
        this.#rest = null;
        return rest;
      },
      leave: (rest) => this.#leaveRest(rest),
    });
  }

  /** Memory for the bytes of a file; frames that are lent from it are logged where they lie. */
  openFile(): FileInlet {
    return new FileInlet(this.slabs);
  }

  #leaveRest(rest: Slab | null): void {
    if (this.#rest !== null) this.slabs.release(this.#rest);
    this.#rest = rest;
  }

  /** The hot path: no allocation, no call that is not needed. */
  append(frame: Frame, connection: number): void {
    const { table } = this;
    let { tail } = table;
    if (tail.rows === table.blockRows) tail = table.grow();
    const { opcode, payloadBytes, headerBytes } = frame;
    const lent = frame instanceof BorrowedFrame;
    let flags = opcode | (headerBytes << column.HEADER_SHIFT);
    if (frame.fin) flags |= column.FIN;
    if (frame.rsv1) flags |= column.RSV1;
    if (frame.rsv2) flags |= column.RSV2;
    if (frame.rsv3) flags |= column.RSV3;
    if (frame.masked) flags |= column.MASKED;
    if (frame.direction === 'sent') flags |= column.SENT;

    const inlet = lent && frame.maskKey === 0 && frame.memory instanceof WireInlet ? frame.memory : null;
    const inChunk = lent && frame.memory === null;
    const filed = inChunk && frame instanceof FileFrame ? frame : null;
    const received = inlet !== null ? payloadBytes : inChunk ? frame.kept : frame.payload.length;
    let kept = received <= this.#keepMessageBytes ? received : this.#keepMessageBytes;
    const at = tail.rows;
    let slot = 0;
    if (opcode < 3 && (opcode === 0 || (flags & (column.FIN | column.RSV1)) !== column.FIN || this.#open.size > 0)) {
      slot = this.joined.add(tail, flags, frame, connection, kept);
      kept = this.joined.kept;
    } else {
      if (tail.heads === null) tail.headCount++;
      else table.countHead(true);
      if (opcode < 3) tail.messages++;
    }
    if (kept < payloadBytes) flags |= column.TRUNCATED;

    const stored = inlet ?? filed?.file ?? this.#writer;
    if (inlet !== null) inlet.locate(frame.wireOffset + headerBytes, kept);
    else if (filed !== null) filed.file.locate(filed.start, kept);
    else if (inChunk) this.#writer.put(frame.chunk, kept, frame.start, frame.maskedThere ? frame.maskKey : 0);
    else this.#writer.put(frame.payload, kept);
    if (stored.spans) flags |= column.SPANS;
    tail.atMs[at] = frame.atMs;
    tail.flags[at] = flags;
    tail.connection[at] = connection;
    if (payloadBytes < column.MAX_UINT32) tail.payloadBytes[at] = payloadBytes;
    else this.#setHuge(tail, at, payloadBytes);
    tail.keptBytes[at] = kept;
    tail.slab[at] = stored.slab;
    tail.offset[at] = stored.offset;
    tail.slot[at] = slot;
    tail.rows = at + 1;
    this.#latestConnection = connection;
  }

  appendEvent(text: string, atMs: number, connection: number): void {
    const bytes = encoder.encode(text);
    this.#appendWhole(column.EVENT, bytes, bytes.length, atMs, connection);
    this.table.tail.events++;
  }

  /** A whole message of which no frame is known; `payloadBytes` is its full size. */
  appendMessage(message: UnframedMessage, connection: number): void {
    const { binary, bytes, payloadBytes, atMs } = message;
    const flags = column.UNFRAMED | (binary ? 2 : 1) | (message.direction === 'sent' ? column.SENT : 0);
    this.#appendWhole(flags, bytes, payloadBytes, atMs, connection);
    this.table.tail.messages++;
  }

  #appendWhole(flags: number, bytes: Uint8Array, payloadBytes: number, atMs: number, connection: number): void {
    const { table } = this;
    const writer = this.#writer;
    const tail = table.tail.rows === table.blockRows ? table.grow() : table.tail;
    const at = tail.rows;
    const kept = Math.min(bytes.length, this.#keepMessageBytes);
    table.countHead(true);
    writer.put(bytes, kept);
    tail.atMs[at] = atMs;
    tail.flags[at] =
      flags | column.FIN | (kept < payloadBytes ? column.TRUNCATED : 0) | (writer.spans ? column.SPANS : 0);
    tail.connection[at] = connection;
    if (payloadBytes < column.MAX_UINT32) tail.payloadBytes[at] = payloadBytes;
    else this.#setHuge(tail, at, payloadBytes);
    tail.keptBytes[at] = kept;
    tail.slab[at] = writer.slab;
    tail.offset[at] = writer.offset;
    tail.slot[at] = 0;
    tail.rows = at + 1;
  }

  /** False when no compressed message awaits its content. Of bytes that lie in a file's slab in use the place is kept. */
  attachInflated(
    sent: boolean,
    bytes: Uint8Array,
    binary: boolean,
    connection = this.#latestConnection,
    file: FileInlet | null = null,
  ): boolean {
    const slot = this.joined.expecting(connection, sent);
    if (slot === null) return false;
    if (slot === 0) return true;
    const kept = Math.min(bytes.length, this.#keepMessageBytes);
    if (file === null) this.#writer.put(bytes, kept);
    else file.locate(bytes.byteOffset, kept);
    this.joined.inflated(slot, file ?? this.#writer, kept, bytes.length, binary);
    return true;
  }

  /** The content of the oldest that awaits it will not come. False when none does. */
  missInflated(sent: boolean, connection: number): boolean {
    const slot = this.joined.expecting(connection, sent);
    if (slot) this.joined.missed(slot);
    return slot !== null;
  }

  /** Forgets rows and payloads. Messages under way go on as rows of what is still to come. */
  clear(): void {
    const carried = this.joined.underWay();
    this.table.clear();
    this.joined.clear();
    this.#writer.clear();
    this.#leaveRest(null);
    this.slabs.clear();
    this.droppedFrames = 0;
    this.generation++;
    this.epoch++;
    this.joined.carry(carried);
  }

  #setHuge(block: FrameBlock, at: number, payloadBytes: number): void {
    block.payloadBytes[at] = column.MAX_UINT32;
    this.table.hugeBytes.set(block.firstId + at, payloadBytes);
  }

  #dropBlock(block: FrameBlock): void {
    this.#forgetPayloads(block);
    if (block.joined > 0) this.joined.forget(block);
    this.droppedFrames += block.rows - block.events;
    this.epoch++;
  }

  #forgetPayloads(block: FrameBlock): void {
    const { rows, slab: slabs, flags } = block;
    for (let at = 0; at < rows; ) {
      const from = at;
      const slab = slabs[from]!;
      while (at < rows && slabs[at] === slab && (flags[at]! & column.SPANS) === 0) at++;
      if (at > from) this.slabs.forget(slab, at - from);
      else this.slabs.forgetSpanning(slabs[at++]!);
    }
  }
}
