import { type Frame, OPCODE } from '../../core/base/frame.js';
import { ownFrame } from '../../core/frames/borrowedFrame.js';
import { MessageState } from '../../core/frames/messageState.js';
import type { SessionEvent } from '../../core/base/sessionEvent.js';
import type { Direction } from '../../core/base/model.js';
import type { InflatedPayload } from '../../core/record/frameRedaction.js';

/** A frame with what only its neighbours know. The payload is borrowed for the time of the call. */
export interface FrameEntry {
  readonly connection: number;
  /** Counts both directions from 0 in the order of the wire. */
  readonly index: number;
  readonly frame: Frame;
  /** Its message is text. */
  readonly isText: boolean;
  /** Its message is compressed. */
  readonly compressed: boolean;
  /** The whole message, on the last frame of a compressed one; null where it could not be inflated. */
  readonly inflated: InflatedPayload | null;
  /** What the dialect calls the message that this frame ends; null where it has no name, or was not asked. */
  readonly label: string | null;
  /** What it was decoded as, as JSON; null where nothing decoded it, or was not asked. */
  readonly decoded: string | null;
}

export interface FeedListener {
  onFrame(entry: FrameEntry): void;
  onEvent(event: SessionEvent, atMs: number, connection: number): void;
}

interface Held {
  entry: FrameEntry;
  readonly id: number;
  waits: boolean;
  awaitsLabel: boolean;
}

/**
 * Frames as they are shown: passed on as they come, in the order of each direction. A frame waits only for the opening of
 * its connection to be told, for its compressed message to be inflated, or for the label of its message.
 */
export class FrameFeed {
  readonly #listener: FeedListener;
  readonly #wantsLabels: () => boolean;
  readonly #held: Record<Direction, Held[]> = { sent: [], received: [] };
  readonly #states: Record<Direction, MessageState> = { sent: new MessageState(), received: new MessageState() };
  #connection = 0;
  #isOpen = false;
  #frames = 0;

  constructor(listener: FeedListener, wantsLabels: () => boolean = () => false) {
    this.#listener = listener;
    this.#wantsLabels = wantsLabels;
  }

  /** `id`: by which its label is told. */
  append(frame: Frame, connection: number, id = this.#frames): void {
    if (connection > this.#connection) this.#begin(connection);
    if (connection < this.#connection) {
      this.#passLate(frame, connection);
      return;
    }
    const { direction } = frame;
    const state = this.#states[direction];
    const isControl = state.next(frame) === 'alone';
    const compressed = !isControl && state.compressed;
    const isText = !isControl && state.isText;
    const entry = {
      connection,
      index: this.#frames,
      frame,
      isText,
      compressed,
      inflated: null,
      label: null,
      decoded: null,
    };
    this.#frames += 1;
    const queue = this.#held[direction];
    const waits = compressed && frame.fin;
    const awaitsLabel = !isControl && frame.fin && this.#wantsLabels();
    if (this.#isOpen && queue.length === 0 && !waits && !awaitsLabel) {
      this.#listener.onFrame(entry);
      return;
    }
    const own = { ...entry, frame: ownFrame(frame) };
    queue.push({ entry: own, id, waits, awaitsLabel });
  }

  /** The decoders or the dialect have read a message; told in the order of the wire. */
  label(id: number, label: string | null, decoded: string | null = null): void {
    for (const direction of ['sent', 'received'] as const) {
      const held = this.#held[direction].find((each) => each.id === id);
      if (held === undefined) continue;
      held.entry = { ...held.entry, label, decoded };
      held.awaitsLabel = false;
      if (this.#isOpen) this.#pass(direction);
    }
  }

  attachInflated(direction: Direction, bytes: Uint8Array, binary: boolean): void {
    const oldest = this.#held[direction].find(({ waits }) => waits);
    if (oldest === undefined) return;
    const payload = this.#isOpen && !oldest.awaitsLabel ? bytes : Uint8Array.from(bytes);
    oldest.entry = { ...oldest.entry, inflated: { payload, isText: !binary, bytes: bytes.length } };
    oldest.waits = false;
    if (this.#isOpen) this.#pass(direction);
  }

  appendEvent(event: SessionEvent, atMs: number, connection: number): void {
    if (connection > this.#connection) this.#begin(connection);
    this.#listener.onEvent(event, atMs, connection);
  }

  /** The opening has been told: its frames may follow. */
  open(): void {
    this.#isOpen = true;
    const { sent, received } = this.#held;
    while (sent.length > 0 || received.length > 0) {
      const first = (sent[0]?.entry.index ?? Infinity) < (received[0]?.entry.index ?? Infinity) ? sent : received;
      const other = first === sent ? received : sent;
      if (isHeld(first[0])) {
        if (other.length === 0 || isHeld(other[0])) return;
        this.#passOne(other);
      } else this.#passOne(first);
    }
  }

  /** The connection is over: what waits will not be inflated any more. */
  end(): void {
    for (const queue of Object.values(this.#held)) for (const held of queue) held.waits = held.awaitsLabel = false;
    this.open();
    this.#isOpen = false;
  }

  #begin(connection: number): void {
    if (this.#connection !== 0) this.end();
    this.#connection = connection;
    this.#states.sent.reset();
    this.#states.received.reset();
  }

  /** The last words of a connection that was given up for a new one wait for nothing. */
  #passLate(frame: Frame, connection: number): void {
    const isText = frame.opcode === OPCODE.text;
    const index = this.#frames;
    this.#frames += 1;
    const compressed = frame.rsv1;
    this.#listener.onFrame({
      connection,
      index,
      frame,
      isText,
      compressed,
      inflated: null,
      label: null,
      decoded: null,
    });
  }

  #pass(direction: Direction): void {
    const queue = this.#held[direction];
    while (queue.length > 0 && !isHeld(queue[0])) this.#passOne(queue);
  }

  #passOne(queue: Held[]): void {
    const held = queue.shift();
    if (held !== undefined) this.#listener.onFrame(held.entry);
  }
}

function isHeld(held: Held | undefined): boolean {
  return held !== undefined && (held.waits || held.awaitsLabel);
}
