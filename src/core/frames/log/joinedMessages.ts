import type { Frame } from '../../base/frame.js';
import * as column from './columns.js';
import type { FrameBlock } from './columns.js';
import type { FrameTable } from './frameTable.js';
import { BINARY, COMPRESSED, INFLATED, INFLATED_SPANS, MessageTable, MISSED, OPEN, indexOf } from './messageTable.js';
import { lane, OpenMessages } from './openMessages.js';
import type { SlabStore } from './slabStore.js';

/** Where a payload begins, and whether it goes on in the slabs after that one. */
interface StoredAt {
  readonly slab: number;
  readonly offset: number;
  readonly spans: boolean;
}

/** A message that goes on after the log was cleared. */
interface UnderWay {
  readonly key: number;
  readonly flags: number;
  readonly state: number;
  readonly connection: number;
}

/** The messages of a log that one row cannot tell, fragmented or compressed, from their first frame to their last row. */
export class JoinedMessages {
  readonly messages: MessageTable;
  readonly open = new OpenMessages();
  /**
   * Slots of the messages whose first rows were dropped while later ones are here or still to come, oldest first.
   * They stand before all others in the messages view.
   */
  readonly spanning: number[] = [];
  /** Whether anybody wants to hear of messages that change. */
  touches = false;
  /** Of the frame that was added last. */
  kept = 0;
  readonly #table: FrameTable;
  readonly #slabs: SlabStore;
  readonly #keepMessageBytes: number;
  readonly #onTouch: (slot: number) => void;

  /** `onTouch` hears of a message that changed after its first row: it has another frame, or its inflated content. */
  constructor(table: FrameTable, slabs: SlabStore, keepMessageBytes: number, onTouch: (slot: number) => void) {
    this.#table = table;
    this.#slabs = slabs;
    this.#keepMessageBytes = keepMessageBytes;
    this.#onTouch = onTouch;
    this.messages = new MessageTable((bytes) => void table.fit(bytes));
  }

  /** The first frame's id of the message that a row belongs to: a row and its message share their mark. */
  headIdOf(id: number): number {
    const slot = this.slotOf(id);
    return slot === 0 ? id : this.messages.chunk(slot).firstId[indexOf(slot)]!;
  }

  slotOf(id: number): number {
    if (this.#table.holds(id)) {
      const block = this.#table.blockOf(id);
      return block.slot[id - block.firstId]!;
    }
    const isIn = (slot: number) => {
      const chunk = this.messages.chunk(slot);
      const at = indexOf(slot);
      return chunk.firstId[at] === id || chunk.lastId[at] === id;
    };
    return this.spanning.find(isIn) ?? 0;
  }

  /** The slot of the message whose content comes next; 0 when its rows are gone, null when none is awaited. */
  expecting(connection: number, sent: boolean): number | null {
    return this.open.take(lane(connection, sent), this.messages);
  }

  /** Its content was stored there. */
  inflated(slot: number, { slab, offset, spans }: StoredAt, kept: number, bytes: number, binary: boolean): void {
    const chunk = this.messages.chunk(slot);
    const at = indexOf(slot);
    chunk.inflatedSlab[at] = slab;
    chunk.inflatedOffset[at] = offset;
    chunk.inflatedKept[at] = kept;
    chunk.inflatedBytes[at] = bytes;
    chunk.state[at] = (chunk.state[at]! & ~BINARY) | INFLATED | (binary ? BINARY : 0) | (spans ? INFLATED_SPANS : 0);
    if (this.touches) this.#onTouch(slot);
  }

  /** Its content will not come. */
  missed(slot: number): void {
    this.messages.chunk(slot).state[indexOf(slot)]! |= MISSED;
    if (this.touches) this.#onTouch(slot);
  }

  /** The rows of a block are about to go. */
  forget(block: FrameBlock): void {
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

  underWay(): readonly UnderWay[] {
    return this.open.entries().map(([key, slot]) => {
      const chunk = this.messages.chunk(slot);
      const at = indexOf(slot);
      return { key, flags: chunk.flags[at]!, state: chunk.state[at]!, connection: chunk.connection[at]! };
    });
  }

  clear(): void {
    this.open.clear();
    this.messages.clear();
    this.spanning.length = 0;
  }

  /** After a clear: what was under way goes on. */
  carry(messages: readonly UnderWay[]): void {
    for (const { key, flags, state, connection } of messages) {
      const slot = this.#begin(-1, flags, connection);
      this.messages.chunk(slot).state[indexOf(slot)] = state;
      this.open.begin(key, slot);
    }
  }

  /** A data frame that is not a whole message by itself, or comes while another message is open: gives the slot of its message, 0
   * for none, and in `kept` how much of its payload is to be stored. */
  add(tail: FrameBlock, flags: number, frame: Frame, connection: number, kept: number): number {
    this.kept = kept;
    const table = this.#table;
    const { messages } = this;
    const id = tail.firstId + tail.rows;
    const opcode = flags & column.OPCODE_BITS;
    const fin = (flags & column.FIN) !== 0;
    const key = lane(connection, (flags & column.SENT) !== 0);
    let slot = this.open.get(key);
    if (opcode !== 0 && slot !== 0) {
      // RFC 6455 5.4 forbids it: the message under way is left as it is.
      this.#end(slot);
      this.open.end(key);
      slot = 0;
    }
    const begins = slot === 0 || messages.chunk(slot).firstId[indexOf(slot)]! < 0;
    table.countHead(begins);
    if (begins) tail.messages++;
    if (slot === 0) {
      if (fin && (opcode === 0 || (flags & column.RSV1) === 0)) return 0;
      slot = this.#begin(id, flags, connection);
      if (!fin) this.#end(this.open.begin(key, slot));
    }
    this.#extend(slot, id, frame);
    if (fin) {
      this.#end(slot);
      this.open.end(key);
      const compressed = (messages.chunk(slot).state[indexOf(slot)]! & COMPRESSED) !== 0;
      if (compressed) this.open.expect(key, slot, messages);
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
    if (this.kept > room) this.kept = room;
    chunk.keptBytes[at]! += this.kept;
  }

  #end(slot: number): void {
    if (slot === 0) return;
    const chunk = this.messages.chunk(slot);
    const at = indexOf(slot);
    chunk.state[at]! &= ~OPEN;
    if (chunk.firstId[at]! < 0) this.messages.release(slot);
    else if (chunk.lastId[at]! < this.#table.firstId) this.#leave(slot);
  }

  /** Every row of the message is gone. */
  #leave(slot: number): void {
    const chunk = this.messages.chunk(slot);
    const inflated = chunk.inflatedSlab[indexOf(slot)]!;
    if ((chunk.state[indexOf(slot)]! & INFLATED_SPANS) !== 0) this.#slabs.forgetSpanning(inflated);
    else this.#slabs.forget(inflated, 1);
    const spanning = this.spanning.indexOf(slot);
    if (spanning !== -1) this.spanning.splice(spanning, 1);
    this.messages.release(slot);
  }
}
