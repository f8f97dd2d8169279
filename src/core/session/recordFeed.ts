import { ownFrame } from '../frames/borrowedFrame.js';
import type { Frame } from '../base/frame.js';
import { MessageState } from '../frames/messageState.js';
import type { Direction } from '../base/model.js';
import type { RecordingWriter } from '../record/recordingWriter.js';

/** Frames that may wait for the inflated content of one before them; beyond it they are written without. */
const MAX_WAITING = 1_000;

interface Waiting {
  readonly connection: number;
  readonly index: number;
  readonly frame: Frame;
  readonly isText: boolean;
  /** The last frame of a compressed message, whose content `ws` is still inflating. */
  inflated: 'awaited' | 'none' | { readonly payload: Buffer; readonly isText: boolean; readonly bytes: number };
}

type States = Readonly<Record<Direction, MessageState>>;

/** Hands a session's frames to a recording in the order of the wire, each compressed message with its inflated content. */
export class RecordFeed {
  readonly #writer: RecordingWriter;
  #index = 0;
  #waiting: Waiting[] = [];
  /** Contents to come, a lane, whose frames were written without. */
  readonly #overtaken = new Map<string, number>();
  /** Of each connection that has had a frame and is not over. */
  readonly #states = new Map<number, States>();
  /** Those of the latest, at hand. */
  #latest: { readonly connection: number; readonly states: States } | null = null;

  constructor(writer: RecordingWriter) {
    this.#writer = writer;
  }

  /** A frame of the wire; its payload is borrowed. */
  frame(frame: Frame, connection: number): void {
    const state = this.#statesOf(connection)[frame.direction];
    const isData = state.next(frame) !== 'alone';
    const isText = isData && state.isText && !state.compressed;
    const awaits = isData && frame.fin && state.compressed;
    const index = this.#index++;
    if (this.#waiting.length === 0 && !awaits) {
      this.#writer.frame(connection, index, frame, isText);
      return;
    }
    if (this.#waiting.length >= MAX_WAITING) this.#overtake();
    this.#waiting.push({ connection, index, frame: ownFrame(frame), isText, inflated: awaits ? 'awaited' : 'none' });
  }

  /** The inflated content of the oldest compressed message of the connection's direction that still waits for it. */
  inflated(connection: number, direction: Direction, bytes: Uint8Array, binary: boolean): void {
    const waiting = this.#oldest(connection, direction);
    if (!waiting) return;
    waiting.inflated = { payload: Buffer.from(bytes), isText: !binary, bytes: bytes.length };
    this.#drain();
  }

  /** That content will not come. */
  notInflated(connection: number, direction: Direction): void {
    const waiting = this.#oldest(connection, direction);
    if (!waiting) return;
    waiting.inflated = 'none';
    this.#drain();
  }

  /** Null where its frame was written without. */
  #oldest(connection: number, direction: Direction): Waiting | null {
    const key = laneOf(connection, direction);
    const overtaken = this.#overtaken.get(key) ?? 0;
    if (overtaken > 0) {
      if (overtaken === 1) this.#overtaken.delete(key);
      else this.#overtaken.set(key, overtaken - 1);
      return null;
    }
    const isIt = (each: Waiting) =>
      each.inflated === 'awaited' && each.connection === connection && each.frame.direction === direction;
    return this.#waiting.find(isIt) ?? null;
  }

  /** Writes what waits without the content that is still to come. */
  #overtake(): void {
    for (const { connection, frame, inflated } of this.#waiting) {
      if (inflated !== 'awaited') continue;
      const key = laneOf(connection, frame.direction);
      this.#overtaken.set(key, (this.#overtaken.get(key) ?? 0) + 1);
    }
    this.flush();
  }

  /** The connection is over: nothing more of it will be inflated. */
  over(connection: number): void {
    this.#states.delete(connection);
    if (this.#latest?.connection === connection) this.#latest = null;
    for (const direction of ['sent', 'received'] as const) this.#overtaken.delete(laneOf(connection, direction));
    this.#giveUp((each) => each.connection === connection);
  }

  /** Writes what waits as it is: nothing more will be inflated. */
  flush(): void {
    this.#giveUp(() => true);
  }

  #giveUp(which: (waiting: Waiting) => boolean): void {
    for (const waiting of this.#waiting)
      if (waiting.inflated === 'awaited' && which(waiting)) waiting.inflated = 'none';
    this.#drain();
  }

  #statesOf(connection: number): States {
    if (this.#latest?.connection === connection) return this.#latest.states;
    const states = this.#states.get(connection) ?? { sent: new MessageState(), received: new MessageState() };
    this.#states.set(connection, states);
    this.#latest = { connection, states };
    return states;
  }

  /** The number of the next row, a message's that has no frames. */
  takeIndex(): number {
    return this.#index++;
  }

  #drain(): void {
    const ready = this.#waiting.findIndex(({ inflated }) => inflated === 'awaited');
    const out = this.#waiting.splice(0, ready === -1 ? this.#waiting.length : ready);
    for (const { connection, index, frame, isText, inflated } of out) {
      this.#writer.frame(connection, index, frame, isText, typeof inflated === 'string' ? null : inflated);
    }
  }
}

function laneOf(connection: number, direction: Direction): string {
  return `${connection} ${direction}`;
}
