import type { DecodeContent } from './decodeContent.js';
import type { Direction } from '../../base/model.js';
import type { Frame } from '../../base/frame.js';
import type { FileInlet } from './fileInlet.js';
import { FilteredView } from './filteredView.js';
import { parseFilter } from './filter/parseFilter.js';
import type { LogMode, LogStatus } from '../../base/logRow.js';
import { LogStore, type UnframedMessage } from './logStore.js';
import { type LogView, PlainView, type ViewBase, type ViewContext } from './logView.js';
import { neighboursOf } from './neighbours.js';
import type { WireMemory } from '../wireMemory.js';
import { bytesOf, readPieces } from './pieces.js';
import { isReadable } from './preview.js';
import { MessageReader, type WantsMessage } from './messageReader.js';
import { messageRef } from './rowIndex.js';
import { RowReader } from './rowReader.js';
import { type LabelOf, RowMaker } from './rows.js';
import type { SpillFiles } from './spillFiles.js';

export type { LabelledMessage } from './rows.js';
export type { LogView } from './logView.js';
export type { SpillFiles } from './spillFiles.js';

const MIB = 1024 * 1024;
const MAX_MARKS = 10_000;

/** How many payload bytes of a message the log stores unless told otherwise; a FrameDecoder need keep no more. */
export const KEEP_MESSAGE_BYTES = 16 * MIB;

export interface FrameLogOptions {
  /** Payload bytes in memory; 64 MiB. */
  readonly payloadBudgetBytes?: number;
  /** Rows, at 38 bytes each and some more for compressed or fragmented messages; 48 MiB. */
  readonly columnBudgetBytes?: number;
  /** Payload bytes on disk; 1 GiB. */
  readonly diskBudgetBytes?: number;
  /** Payload bytes stored of one message; 16 MiB, a quarter of the payload budget at most. */
  readonly keepMessageBytes?: number;
  /** The folder to make a folder of ours in when payloads have to leave memory; null to drop them. */
  readonly spillDir: string | null;
  readonly labelOf?: LabelOf;
  /** Reads messages for filters by JSON path, where decoders are named. */
  readonly decode?: DecodeContent;
  readonly files?: SpillFiles;
}

export interface PayloadRange {
  readonly bytes: Uint8Array;
  /** The whole payload as it came; more than `storedBytes` when it was cut. */
  readonly totalBytes: number;
  readonly storedBytes: number;
  readonly binary: boolean;
  /** False when the payload or its row was dropped. */
  readonly available: boolean;
}

/** What surrounds a frame in its message: for a search that must not end at the frame's border. */
export interface Surroundings {
  readonly compressed: boolean;
  /** The log has the message's content as it was before compression. */
  readonly inflated: boolean;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  /** Bytes next to those are missing: dropped, never stored, or still to come. */
  readonly cutBefore: boolean;
  readonly cutAfter: boolean;
}

const GONE: PayloadRange = { bytes: new Uint8Array(0), totalBytes: 0, storedBytes: 0, binary: true, available: false };

/**
 * Every frame of a session, bounded by bytes: rows in columns, payloads in slabs that move to disk and are dropped
 * oldest first. What was moved or dropped is counted in `status`. Never throws on what a peer sent.
 */
export class FrameLog {
  readonly #store: LogStore;
  readonly #rowMaker: RowMaker;
  readonly #views = new Set<ViewBase>();
  /** Ids of first frames: a frame's mark is that of its message. */
  readonly #marks = new Set<number>();
  /** Nobody needs to be told of a change: nobody listens, or they will be told this turn. */
  #isQuiet = true;
  #loadedPercent: number | null = null;

  constructor(options: FrameLogOptions) {
    this.#store = new LogStore({
      memoryBudgetBytes: options.payloadBudgetBytes ?? 64 * MIB,
      columnBudgetBytes: options.columnBudgetBytes ?? 48 * MIB,
      diskBudgetBytes: options.diskBudgetBytes ?? 1024 * MIB,
      keepMessageBytes: options.keepMessageBytes ?? KEEP_MESSAGE_BYTES,
      spillDir: options.spillDir,
      files: options.files,
      onTouch: (slot) => this.#touch(slot),
      decode: options.decode ?? null,
    });
    this.#rowMaker = new RowMaker(this.#store, options.labelOf ?? null, (row) => this.#isMarked(row));
  }

  /** The id that the next row gets. */
  get nextId(): number {
    return this.#store.table.nextId;
  }

  /** Memory taken for payloads, whatever it holds: within the budget at every moment. */
  get memoryBytes(): number {
    return this.#store.slabs.memoryBytes;
  }

  /** The oldest row that is there; `nextId` when there is none. */
  get firstId(): number {
    return this.#store.table.firstId;
  }

  /** How often the log was cleared. */
  get generation(): number {
    return this.#store.generation;
  }

  /** The whole messages from a row on, in the order of the wire; the first `maxBytes` of each of those that are wanted. */
  messagesFrom(id: number, maxBytes: number, wants?: WantsMessage): MessageReader {
    return new MessageReader(this.#store, id, maxBytes, wants);
  }

  /** Takes a frame of the wire; its payload is copied, so it may be borrowed. `connection` counts from 1. */
  append(frame: Frame, connection: number): void {
    this.#store.append(frame, connection);
    if (!this.#isQuiet) this.#announceSoon();
  }

  /** Takes a whole message of a source that sees no frames; what is not known of the wire is said to be unknown. */
  appendMessage(message: UnframedMessage, connection: number): void {
    this.#store.appendMessage(message, connection);
    if (!this.#isQuiet) this.#announceSoon();
  }

  /**
   * Memory to read a connection's incoming bytes into. Frames that a FrameDecoder lends from it are not copied: the log
   * refers to them where they lie. One connection each, to be closed with it.
   */
  openInlet(): WireMemory {
    return this.#store.openInlet();
  }

  /** Memory to read a file into that stays where it is: what is lent from it is neither copied nor written again. */
  openFile(): FileInlet {
    return this.#store.openFile();
  }

  /** How much of what the log is read from is in it, in percent; null once it is whole, as it is from the beginning. */
  tellLoaded(percent: number | null): void {
    this.#loadedPercent = percent;
    if (!this.#isQuiet) this.#announceSoon();
  }

  /** A line of ours: connected, closed, reconnecting. */
  appendEvent(text: string, atMs: number, connection: number): void {
    this.#store.appendEvent(text, atMs, connection);
    if (!this.#isQuiet) this.#announceSoon();
  }

  /**
   * The inflated content of the oldest whole compressed message of the direction that has none yet, on the latest
   * connection unless one is named; copied, unless it lies in the slab in use of a file. False when no message awaits content.
   */
  attachInflated(
    direction: Direction,
    bytes: Uint8Array,
    binary: boolean,
    connection?: number,
    file?: FileInlet,
  ): boolean {
    const attached = this.#store.attachInflated(direction === 'sent', bytes, binary, connection, file);
    if (attached && !this.#isQuiet) this.#announceSoon();
    return attached;
  }

  /** The oldest such message stays without content: what is attached next belongs to the one after it. */
  missInflated(direction: Direction, connection: number): void {
    if (this.#store.missInflated(direction === 'sent', connection) && !this.#isQuiet) this.#announceSoon();
  }

  status(): LogStatus {
    const { table, slabs, joined, droppedFrames, generation } = this.#store;
    let frames = 0;
    let messages = joined.spanning.length;
    for (const block of table.blocks) {
      frames += block.rows - block.events;
      messages += block.messages;
    }
    return {
      generation,
      frames,
      messages,
      droppedFrames,
      droppedPayloads: slabs.droppedPayloads,
      payloadBytesInMemory: slabs.storedBytes,
      payloadBytesOnDisk: slabs.diskBytes,
      spillError: slabs.spillError,
      ...(this.#loadedPercent === null ? {} : { loadedPercent: this.#loadedPercent }),
    };
  }

  /** A filter with problems opens a view without rows that tells them. */
  openView({ mode, filter }: { readonly mode: LogMode; readonly filter: string }): LogView {
    const parsed = parseFilter(filter);
    const isPlain = parsed.root === null && parsed.problems.length === 0;
    const context: ViewContext = {
      store: this.#store,
      rowMaker: this.#rowMaker,
      isMarked: (row) => this.#isMarked(row),
      onClose: (view) => this.#forgetView(view),
    };
    const view = isPlain ? new PlainView(context, mode) : new FilteredView(context, mode, filter, parsed);
    this.#views.add(view);
    this.#isQuiet = false;
    this.#store.joined.touches ||= view instanceof FilteredView;
    return view;
  }

  /** Bytes of a row's payload: of the message, inflated, that a frame belongs to in `messages` mode. */
  async payload(id: number, mode: LogMode, offset: number, length: number): Promise<PayloadRange> {
    const reader = new RowReader(this.#store, mode);
    const ref = mode === 'wire' ? id : messageRef(this.#store, id);
    if (ref === null || !reader.tryMoveTo(ref)) return GONE;
    const totalBytes = mode === 'wire' ? reader.payloadBytes : reader.sizeBytes;
    const { isBinary } = reader;
    const pieces = reader.pieces(mode === 'messages');
    const bytes = pieces === null ? null : await readPieces(this.#store.slabs, pieces, Math.max(0, offset), length);
    if (pieces === null || bytes === null) return { ...GONE, totalBytes, binary: isBinary ?? true };
    return { bytes, totalBytes, storedBytes: bytesOf(pieces), binary: isBinary ?? !isReadable(bytes), available: true };
  }

  /** Stored bytes of the frame's message before and behind it; null for a frame that is a message by itself, or is gone. */
  async surroundings(id: number, bytes: number): Promise<Surroundings | null> {
    const found = neighboursOf(this.#store, id, bytes);
    if (found === null) return null;
    const { slabs } = this.#store;
    const [before, after] = await Promise.all([
      readPieces(slabs, found.before, 0, Number.POSITIVE_INFINITY),
      readPieces(slabs, found.after, 0, bytes),
    ]);
    const { compressed, inflated } = found;
    return {
      compressed,
      inflated,
      before: before?.subarray(Math.max(0, before.length - bytes)) ?? GONE.bytes,
      after: after ?? GONE.bytes,
      cutBefore: found.cutBefore || before === null,
      cutAfter: found.cutAfter || after === null,
    };
  }

  /** Marks a message by any of its frames. False when the frame is gone or there are 10,000 marks. */
  mark(id: number, marked: boolean): boolean {
    const ref = messageRef(this.#store, id);
    if (ref === null) return false;
    const headId = this.#store.joined.headIdOf(id);
    if (!marked) this.#marks.delete(headId);
    else {
      this.#forgetDroppedMarks();
      if (this.#marks.size >= MAX_MARKS) return false;
      this.#marks.add(headId);
    }
    for (const view of this.#views) if (view instanceof FilteredView) view.marksChanged();
    if (!this.#isQuiet) this.#announceSoon();
    return true;
  }

  /** Forgets all rows, payloads and marks, in memory and on disk; views stay open. */
  clear(): void {
    this.#store.clear();
    this.#marks.clear();
    for (const view of this.#views) if (view instanceof FilteredView) view.cleared();
    if (!this.#isQuiet) this.#announceSoon();
  }

  /** Resolves once the disk has what is to be there. */
  settled(): Promise<void> {
    return this.#store.slabs.settled();
  }

  /** Closes the views and removes what is on disk. */
  async dispose(): Promise<void> {
    for (const view of this.#views) view.close();
    this.#store.clear();
    await this.#store.slabs.dispose();
  }

  #isMarked(row: RowReader): boolean {
    if (this.#marks.size === 0) return false;
    return this.#marks.has(row.id) || (row.slot !== 0 && this.#marks.has(row.headId));
  }

  #forgetDroppedMarks(): void {
    if (this.#marks.size < MAX_MARKS) return;
    for (const id of this.#marks) if (messageRef(this.#store, id) === null) this.#marks.delete(id);
  }

  #touch(slot: number): void {
    for (const view of this.#views) if (view instanceof FilteredView) view.touch(slot);
  }

  #forgetView(view: ViewBase): void {
    this.#views.delete(view);
    if (this.#views.size === 0) this.#isQuiet = true;
    this.#store.joined.touches = [...this.#views].some((other) => other instanceof FilteredView);
  }

  #announceSoon(): void {
    this.#isQuiet = true;
    setImmediate(() => {
      this.#isQuiet = this.#views.size === 0;
      for (const view of this.#views) {
        if (view instanceof FilteredView) view.wake();
        else view.announce();
      }
    });
  }
}
