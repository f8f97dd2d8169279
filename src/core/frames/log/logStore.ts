import type { DecodeContent } from './decodeContent.js';
import { BorrowedFrame } from '../borrowedFrame.js';
import type { Frame } from '../../base/frame.js';
import type { Direction } from '../../base/model.js';
import { FileFrame, FileInlet } from './fileInlet.js';
import * as column from './columns.js';
import type { FrameBlock } from './columns.js';
import { FrameTable } from './frameTable.js';
import { BINARY, COMPRESSED, INFLATED, INFLATED_SPANS, MessageTable, OPEN, indexOf } from './messageTable.js';
import { lane, OpenMessages } from './openMessages.js';
import { PayloadWriter } from './payloadWriter.js';
import type { Slab } from './slab.js';
import { SlabStore, type SlabStoreOptions } from './slabStore.js';
import { WireInlet } from './wireInlet.js';

export interface LogStoreOptions extends SlabStoreOptions {
  readonly columnBudgetBytes: number;
  /** Payload bytes stored of a message, over all its frames. */
  readonly keepMessageBytes: number;
  /** A message changed after its first row: it has another frame, or its inflated content. */
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
  readonly messages: MessageTable;
  readonly slabs: SlabStore;
  readonly decode: DecodeContent | null;
  /**
   * Slots of the messages whose first rows were dropped while later ones are here or still to come, oldest first.
   * They stand before all others in the messages view.
   */
  spanning: number[] = [];
  /** Grows whenever rows were dropped or cleared. */
  epoch = 0;
  droppedFrames = 0;
  /** How often the log was cleared. */
  generation = 0;
  touches = false;

  readonly #keepMessageBytes: number;
  readonly #onTouch: (slot: number) => void;
  readonly #writer: PayloadWriter;
  /** What the last inlet that closed left to write to. */
  #rest: Slab | null = null;
  readonly #open = new OpenMessages();
  #latestConnection = 1;
  #keep = 0;

  constructor(options: LogStoreOptions) {
    this.slabs = new SlabStore(options);
    this.decode = options.decode;
    this.#writer = new PayloadWriter(this.slabs);
    this.#keepMessageBytes = Math.min(options.keepMessageBytes, this.slabs.maxPayloadBytes);
    this.#onTouch = options.onTouch;
    this.messages = new MessageTable((bytes) => void this.table.fit(bytes));
    this.table = new FrameTable({
      budgetBytes: options.columnBudgetBytes,
      besideBytes: () => this.messages.bytes,
      onDrop: (block) => this.#dropBlock(block),
    });
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
      this.#keep = kept;
      slot = this.#join(tail, flags, frame, connection);
      kept = this.#keep;
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
    const { messages } = this;
    const slot = this.#open.take(lane(connection, sent), messages);
    if (slot === null) return false;
    if (slot === 0) return true;
    const chunk = messages.chunk(slot);
    const at = indexOf(slot);
    const kept = Math.min(bytes.length, this.#keepMessageBytes);
    if (file === null) this.#writer.put(bytes, kept);
    else file.locate(bytes.byteOffset, kept);
    const stored = file ?? this.#writer;
    chunk.inflatedSlab[at] = stored.slab;
    chunk.inflatedOffset[at] = stored.offset;
    chunk.inflatedKept[at] = kept;
    chunk.inflatedBytes[at] = bytes.length;
    chunk.state[at] =
      (chunk.state[at]! & ~BINARY) | INFLATED | (binary ? BINARY : 0) | (stored.spans ? INFLATED_SPANS : 0);
    if (this.touches) this.#onTouch(slot);
    return true;
  }

  /** Forgets rows and payloads. Messages under way go on as rows of what is still to come. */
  clear(): void {
    const { messages } = this;
    const carried = this.#open.entries().map(([key, slot]) => {
      const chunk = messages.chunk(slot);
      const at = indexOf(slot);
      return { key, flags: chunk.flags[at]!, state: chunk.state[at]!, connection: chunk.connection[at]! };
    });
    this.#open.clear();
    this.table.clear();
    this.messages.clear();
    this.#writer.clear();
    this.#leaveRest(null);
    this.slabs.clear();
    this.spanning = [];
    this.droppedFrames = 0;
    this.generation++;
    this.epoch++;
    for (const { key, flags, state, connection } of carried) {
      const slot = this.#begin(-1, flags, connection);
      messages.chunk(slot).state[indexOf(slot)] = state;
      this.#open.begin(key, slot);
    }
  }

  /** The first frame's id of the message that a row belongs to: a row and its message share their mark. */
  headIdOf(id: number): number {
    const slot = this.slotOf(id);
    return slot === 0 ? id : this.messages.chunk(slot).firstId[indexOf(slot)]!;
  }

  slotOf(id: number): number {
    if (this.table.holds(id)) {
      const block = this.table.blockOf(id);
      return block.slot[id - block.firstId]!;
    }
    const isIn = (slot: number) => {
      const chunk = this.messages.chunk(slot);
      const at = indexOf(slot);
      return chunk.firstId[at] === id || chunk.lastId[at] === id;
    };
    return this.spanning.find(isIn) ?? 0;
  }

  /** A data frame that is not a whole message by itself, or comes while another message is open. */
  #join(tail: FrameBlock, flags: number, frame: Frame, connection: number): number {
    const { table, messages } = this;
    const id = tail.firstId + tail.rows;
    const opcode = flags & column.OPCODE_BITS;
    const fin = (flags & column.FIN) !== 0;
    const key = lane(connection, (flags & column.SENT) !== 0);
    let slot = this.#open.get(key);
    if (opcode !== 0 && slot !== 0) {
      // RFC 6455 5.4 forbids it: the message under way is left as it is.
      this.#end(slot);
      this.#open.end(key);
      slot = 0;
    }
    const begins = slot === 0 || messages.chunk(slot).firstId[indexOf(slot)]! < 0;
    table.countHead(begins);
    if (begins) tail.messages++;
    if (slot === 0) {
      if (fin && (opcode === 0 || (flags & column.RSV1) === 0)) return 0;
      slot = this.#begin(id, flags, connection);
      if (!fin) this.#end(this.#open.begin(key, slot));
    }
    this.#extend(slot, id, frame);
    if (fin) {
      this.#end(slot);
      this.#open.end(key);
      const compressed = (messages.chunk(slot).state[indexOf(slot)]! & COMPRESSED) !== 0;
      if (compressed) this.#open.expect(key, slot, messages);
    }
    tail.joined++;
    if (this.touches && !begins) this.#onTouch(slot);
    return slot;
  }

  #begin(id: number, flags: number, connection: number): number {
    const slot = this.messages.take();
    const chunk = this.messages.chunk(slot);
    const at = indexOf(slot);
    const opcode = flags & column.OPCODE_BITS;
    const compressed = opcode !== 0 && (flags & column.RSV1) !== 0;
    chunk.firstId[at] = id;
    chunk.lastId[at] = id;
    chunk.wireBytes[at] = 0;
    chunk.payloadBytes[at] = 0;
    chunk.frames[at] = 0;
    chunk.keptBytes[at] = 0;
    chunk.flags[at] = flags;
    chunk.connection[at] = connection;
    chunk.inflatedSlab[at] = 0;
    chunk.inflatedKept[at] = 0;
    chunk.inflatedBytes[at] = 0;
    chunk.state[at] = OPEN | (opcode === 1 ? 0 : BINARY) | (compressed ? COMPRESSED : 0);
    return slot;
  }

  #extend(slot: number, id: number, frame: Frame): void {
    const chunk = this.messages.chunk(slot);
    const at = indexOf(slot);
    if (chunk.firstId[at]! < 0) chunk.firstId[at] = id;
    chunk.lastId[at] = id;
    chunk.atMs[at] = frame.atMs;
    chunk.wireBytes[at]! += frame.headerBytes + frame.payloadBytes;
    chunk.payloadBytes[at]! += frame.payloadBytes;
    chunk.frames[at]!++;
    const room = this.#keepMessageBytes - chunk.keptBytes[at]!;
    if (this.#keep > room) this.#keep = room;
    chunk.keptBytes[at]! += this.#keep;
  }

  #end(slot: number): void {
    if (slot === 0) return;
    const chunk = this.messages.chunk(slot);
    const at = indexOf(slot);
    chunk.state[at]! &= ~OPEN;
    if (chunk.firstId[at]! < 0) this.messages.release(slot);
    else if (chunk.lastId[at]! < this.table.firstId) this.#leave(slot);
  }

  #setHuge(block: FrameBlock, at: number, payloadBytes: number): void {
    block.payloadBytes[at] = column.MAX_UINT32;
    this.table.hugeBytes.set(block.firstId + at, payloadBytes);
  }

  #dropBlock(block: FrameBlock): void {
    this.#forgetPayloads(block);
    if (block.joined > 0) this.#forgetMessages(block);
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

  #forgetMessages(block: FrameBlock): void {
    const next = block.firstId + block.rows;
    for (let at = 0; at < block.rows; at++) {
      const slot = block.slot[at]!;
      if (slot === 0) continue;
      const chunk = this.messages.chunk(slot);
      const index = indexOf(slot);
      const id = block.firstId + at;
      const stays = chunk.lastId[index]! >= next || (chunk.state[index]! & OPEN) !== 0;
      if (stays) {
        if (chunk.firstId[index] === id) this.spanning.push(slot);
      } else if (chunk.lastId[index] === id) this.#leave(slot);
    }
  }

  /** Every row of the message is gone. */
  #leave(slot: number): void {
    const chunk = this.messages.chunk(slot);
    const inflated = chunk.inflatedSlab[indexOf(slot)]!;
    if ((chunk.state[indexOf(slot)]! & INFLATED_SPANS) !== 0) this.slabs.forgetSpanning(inflated);
    else this.slabs.forget(inflated, 1);
    const spanning = this.spanning.indexOf(slot);
    if (spanning !== -1) this.spanning.splice(spanning, 1);
    this.messages.release(slot);
  }
}
