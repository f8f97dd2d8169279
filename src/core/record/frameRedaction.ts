import { type Frame, OPCODE } from '../base/frame.js';
import type { Direction } from '../base/model.js';
import { MessageState } from '../frames/messageState.js';
import { MAX_LOGIN_BYTES } from '../redaction/saidCredentials.js';
import type { Redactor } from '../redaction/redactor.js';
import { payloadJson } from './payloadJson.js';
import { redactPieces, stars } from './redactPieces.js';

/** A compressed message as inflated (RFC 7692). `payload` may be cut, `bytes` is the full size. */
export interface InflatedPayload {
  readonly payload: Uint8Array;
  readonly isText: boolean;
  readonly bytes: number;
}

type RecordedFrame = Pick<Frame, 'direction' | 'opcode' | 'rsv1' | 'fin' | 'payload' | 'payloadBytes' | 'truncated'>;

export interface FrameRedactionOptions<Item> {
  readonly redactor: Redactor;
  /** Payload bytes kept of one frame and of one inflated message. */
  readonly keepBytes: number;
  /** Takes the items in the order in which they came, frames with their payload as it may be told. */
  readonly emit: (item: Item, payload: Uint8Array) => void;
  /** An item that can be kept: what the caller gave may be borrowed. */
  readonly own: (item: Item) => Item;
}

interface Held<Item> {
  readonly item: Item;
  readonly payload: Uint8Array;
  readonly truncated: boolean;
  readonly lane: Lane<Item> | null;
  /** Null while what comes next may show that it holds the beginning of a secret. */
  clean: Uint8Array | null;
}

interface Lane<Item> {
  readonly state: MessageState;
  held: Held<Item>[];
  /** The end of the message's fragments before: a secret may lie across the border. */
  tail: Uint8Array;
  /** Bytes are missing before what is held. */
  cutBefore: boolean;
  compressed: boolean;
  /** Fragments of this compressed message were let go before it was known. */
  givenUp: boolean;
  /** Messages of several frames so far. */
  fragmented: number;
}

/** What waits for its message at most; beyond it the end of what is held goes as if a secret began there. */
const MAX_HELD_ITEMS = 256;
const MAX_HELD_BYTES = 1024 * 1024;
/** Messages of several frames of each lane that wait for their end: what stands in a login is a secret only then. */
const MAX_LOGINS = 16;
const EMPTY = new Uint8Array(0);

/**
 * Payloads as a recording keeps them: cut at a limit, secrets starred out (sizes stay true), also where one lies across
 * fragments: a fragment that may end within a secret waits for the next. A compressed payload hides a secret from a search,
 * so it is starred out whole unless its message was inflated and holds none.
 */
export class FrameRedaction<Item> {
  readonly #options: FrameRedactionOptions<Item>;
  readonly #lanes = new Map<string, Lane<Item>>();
  #queue: Held<Item>[] = [];
  #heldBytes = 0;

  constructor(options: FrameRedactionOptions<Item>) {
    this.#options = options;
  }

  /** Payload bytes that wait. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** There is nothing to hide and nothing waits: a frame that comes now would be told as it is. */
  get isIdle(): boolean {
    return this.#options.redactor.isEmpty && this.#queue.length === 0;
  }

  frame(connection: number, frame: RecordedFrame, inflated: InflatedPayload | null, item: Item): void {
    const { redactor } = this.#options;
    const { payload, truncated } = frame;
    if (frame.opcode >= OPCODE.close) this.#put(item, redactor.bytes(payload));
    else if (redactor.isEmpty && !this.#mayBeLogin(connection, frame)) this.#put(item, payload);
    else {
      const lane = this.#laneOf(connection, frame.direction);
      const standing = lane.state.next(frame);
      if (lane.state.interrupted) this.#giveUp(lane);
      if (standing === 'whole' || standing === 'first') begin(lane);
      if (standing === 'first') lane.fragmented += 1;
      if (standing === 'whole' && !truncated && !lane.compressed) this.#put(item, redactor.bytes(payload));
      else this.#hold(lane, frame, inflated, item);
    }
    this.#drain();
  }

  /** A fragment of a message whose end may tell of a secret that begins in it. */
  #mayBeLogin(connection: number, { direction, fin, opcode, rsv1 }: RecordedFrame): boolean {
    const lane = this.#lanes.get(`${connection} ${direction}`);
    if (lane?.state.isOpen === true) return true;
    return !fin && !rsv1 && opcode !== OPCODE.continuation && (lane?.fragmented ?? 0) < MAX_LOGINS;
  }

  /** Something between frames: it keeps its place. */
  between(item: Item): void {
    this.#put(item, EMPTY);
    this.#drain();
  }

  /** An `InflatedMessage` as JSON. */
  inflatedJson(inflated: InflatedPayload): string {
    const { keepBytes, redactor } = this.#options;
    const isCut = inflated.payload.length < inflated.bytes;
    const [clean = EMPTY] = redactPieces(redactor, [inflated.payload], { cutAfter: isCut });
    const payload = clean.subarray(0, keepBytes);
    const truncated = payload.length < inflated.bytes;
    const text = payloadJson(payload, inflated.isText, truncated);
    return `{${text},"bytes":${inflated.bytes},"truncated":${truncated}}`;
  }

  /** The connection is over: its half messages get no more frames. */
  over(connection: number): void {
    for (const direction of ['sent', 'received'] as const) {
      const key = `${connection} ${direction}`;
      const lane = this.#lanes.get(key);
      if (lane) this.#giveUp(lane);
      this.#lanes.delete(key);
    }
    this.#drain();
  }

  /** Nothing waits any longer. */
  flush(): void {
    for (const lane of this.#lanes.values()) this.#giveUp(lane);
    this.#drain();
  }

  #laneOf(connection: number, direction: Direction): Lane<Item> {
    const key = `${connection} ${direction}`;
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      lane = {
        state: new MessageState(),
        held: [],
        tail: EMPTY,
        cutBefore: false,
        compressed: false,
        givenUp: false,
        fragmented: 0,
      };
      this.#lanes.set(key, lane);
    }
    return lane;
  }

  #put(item: Item, payload: Uint8Array): void {
    const clean = this.#cut(payload);
    if (this.#queue.length === 0) this.#options.emit(item, clean);
    else
      this.#enqueue({ item: this.#options.own(item), payload: Uint8Array.from(clean), truncated: false, lane: null });
  }

  #hold(lane: Lane<Item>, frame: RecordedFrame, inflated: InflatedPayload | null, item: Item): void {
    const { payload, truncated, fin } = frame;
    lane.held.push(
      this.#enqueue({ item: this.#options.own(item), payload: Uint8Array.from(payload), truncated, lane }),
    );
    if (!lane.compressed) this.#settle(lane, fin);
    else if (fin) this.#settleCompressed(lane, !lane.givenUp && this.#isClean(inflated));
    else if (lane.givenUp) this.#settleCompressed(lane, false);
  }

  #enqueue(entry: Omit<Held<Item>, 'clean'>): Held<Item> {
    const held = { ...entry, clean: entry.lane === null ? entry.payload : null };
    this.#queue.push(held);
    this.#heldBytes += held.payload.length;
    return held;
  }

  /** Lets go what cannot hold the beginning of a secret any more: all of it where the message `isWhole`. */
  #settle(lane: Lane<Item>, isWhole: boolean): void {
    const { redactor } = this.#options;
    const joined = Buffer.concat([lane.tail, ...lane.held.map(({ payload }) => payload)]);
    const isCut = lane.held.at(-1)?.truncated === true;
    const isLogin = lane.fragmented <= MAX_LOGINS && joined.length <= MAX_LOGIN_BYTES;
    const open = isWhole || isCut ? 0 : isLogin ? joined.length : redactor.beginning(joined, 1);
    const settled = settledCount(lane, joined.length - open);
    this.#letGo(lane, settled, isCut);
  }

  /** Takes all that is held as it is: what may be the beginning of a secret goes. */
  #giveUp(lane: Lane<Item>): void {
    if (lane.held.length === 0) return;
    if (!lane.compressed) this.#letGo(lane, lane.held.length, true);
    else this.#settleCompressed(lane, false);
    lane.givenUp = true;
  }

  #letGo(lane: Lane<Item>, count: number, cutAfter: boolean): void {
    if (count === 0) return;
    const { redactor } = this.#options;
    const pieces = [lane.tail, ...lane.held.map(({ payload }) => payload)];
    const cutBefore = lane.cutBefore && lane.tail.length === 0;
    const clean = redactPieces(redactor, pieces, { cutBefore, cutAfter });
    for (let at = 0; at < count; at++) lane.held[at]!.clean = clean[at + 1]!;
    const isCut = lane.held[count - 1]!.truncated;
    lane.tail = isCut ? EMPTY : lastBytes(pieces.slice(0, count + 1), redactor.reachBytes);
    lane.cutBefore = isCut || (lane.cutBefore && lane.tail.length === 0);
    lane.held = lane.held.slice(count);
  }

  #settleCompressed(lane: Lane<Item>, isClean: boolean): void {
    for (const held of lane.held) held.clean = isClean ? held.payload : stars(held.payload.length);
    lane.held = [];
  }

  #isClean(inflated: InflatedPayload | null): boolean {
    const { keepBytes, redactor } = this.#options;
    if (!inflated || inflated.payload.length < inflated.bytes || inflated.bytes > keepBytes) return false;
    return redactor.bytes(inflated.payload) === inflated.payload;
  }

  #drain(): void {
    while (this.#queue.length > 0) {
      const [first] = this.#queue;
      if (first?.clean == null) {
        if (this.#queue.length <= MAX_HELD_ITEMS && this.#heldBytes <= MAX_HELD_BYTES) return;
        this.#giveUp(first!.lane!);
      }
      const ready = this.#queue.findIndex(({ clean }) => clean === null);
      for (const { item, payload, clean } of this.#queue.splice(0, ready === -1 ? this.#queue.length : ready)) {
        this.#heldBytes -= payload.length;
        this.#options.emit(item, this.#cut(clean ?? EMPTY));
      }
    }
  }

  #cut(payload: Uint8Array): Uint8Array {
    const { keepBytes } = this.#options;
    return payload.length > keepBytes ? payload.subarray(0, keepBytes) : payload;
  }
}

function begin<Item>(lane: Lane<Item>): void {
  lane.tail = EMPTY;
  lane.cutBefore = false;
  lane.compressed = lane.state.compressed;
  lane.givenUp = false;
}

/** How many of the held fragments end before this offset of all that is known. */
function settledCount<Item>({ tail, held }: Lane<Item>, offset: number): number {
  let end = tail.length;
  const open = held.findIndex(({ payload }) => (end += payload.length) > offset);
  return open === -1 ? held.length : open;
}

function lastBytes(pieces: readonly Uint8Array[], bytes: number): Uint8Array {
  const joined = Buffer.concat(pieces);
  return Uint8Array.from(joined.subarray(Math.max(0, joined.length - bytes)));
}
