import type { Duplex } from 'node:stream';
import type { Clock } from '../../base/clock.js';
import type { FaultAction } from '../../base/fault.js';
import { type Frame, OPCODE } from '../../base/frame.js';
import { FrameDecoder } from '../../frames/frameDecoder.js';
import { encodeFrame } from '../../frames/frameEncoder.js';
import { MessageJoiner } from '../../frames/messageJoiner.js';
import { MessageInflater } from '../../frames/messageInflater.js';
import type { Lane as LaneName } from '../../session/tapState.js';
import type { LaneFaults, NumberedFault, Passing } from '../faults/laneFaults.js';

/** So much may wait between two sockets; beyond it the sender is not read. */
const HIGH_BYTES = 1024 * 1024;
/** Messages that may wait for a person in one direction; beyond it the sender is not read. */
const MAX_WAITING = 100;
/** A message that claims more is passed on in the pieces it comes in: nothing can be done to it. */
const MAX_HELD_BYTES = 64 * 1024 * 1024;
const MAX_INFLATED_BYTES = 16 * 1024 * 1024;

/** A message that somebody holds: what may become of it. */
export interface Held {
  readonly id: number;
  readonly lane: LaneName;
  readonly binary: boolean;
  readonly bytes: Uint8Array;
}

interface LaneListener {
  /** Something was done to what passes, in words. */
  note(text: string): void;
  /** A fault that is the connection's. */
  happens(each: NumberedFault): void;
  held(message: Held): void;
  failed(error: unknown): void;
}

export interface ShapedLaneOptions {
  readonly name: LaneName;
  readonly from: Duplex;
  readonly to: Duplex;
  readonly faults: LaneFaults;
  readonly clock: Clock;
  readonly sinceMs: number;
  /** Whether each message of a compressed stream refers to those before it; null: it is not compressed. */
  readonly takeover: boolean | null;
  /** A message that is to be held for somebody to look at. */
  readonly holds: (message: { readonly binary: boolean; readonly bytes: Uint8Array }, lane: LaneName) => boolean;
  readonly listener: LaneListener;
}

/** What leaves at a time, in its order. */
interface Leaving {
  bytes: Buffer;
  dueMs: number;
  /** Waits for a person. */
  held: number | null;
  /** What comes of it, once it has left. */
  after: readonly NumberedFault[];
}

const EMPTY = Buffer.alloc(0);

/** One direction of a relayed connection, message by message, each meeting the faults. Control frames pass between fragments as they came. */
export class ShapedLane {
  readonly #options: ShapedLaneOptions;
  readonly #decoder: FrameDecoder;
  readonly #joiner = new MessageJoiner<Frame>();
  readonly #inflater: MessageInflater | null;
  readonly #queue: Leaving[] = [];
  readonly #told = new Set<number>();
  #queued = 0;
  #lastDueMs = 0;
  #messages = 0;
  #reordered: Buffer | null = null;
  #timer: NodeJS.Timeout | undefined;
  #isPaused = false;
  #isStopped = false;
  #swallows = false;
  #ending: (() => void) | null = null;
  #nextHeld = 1;
  /** That wait for a person. */
  #waiting = 0;

  constructor(options: ShapedLaneOptions) {
    this.#options = options;
    const { takeover } = options;
    this.#inflater =
      takeover === null ? null : new MessageInflater({ contextTakeover: takeover, maxBytes: MAX_INFLATED_BYTES });
    this.#decoder = new FrameDecoder({
      direction: options.name === 'toServer' ? 'sent' : 'received',
      keepPayloadBytes: MAX_HELD_BYTES,
      onFrame: (frame) => this.#onFrame(frame),
    });
    options.to.on('drain', () => this.#flow());
  }

  push(chunk: Uint8Array): void {
    if (this.#swallows) return;
    this.#decoder.push(chunk, this.#options.clock());
    this.#flow();
  }

  /** What waits goes out first. */
  end(done: () => void): void {
    if (this.#swallows) return;
    if (this.#reordered !== null) {
      this.#leave(this.#reordered, 0);
      this.#reordered = null;
    }
    this.#ending = done;
    this.#drain();
  }

  /** Nothing passes any more, in whatever state it is. */
  swallow(): void {
    this.#swallows = true;
    this.#clear();
  }

  /** A message waits for a person. */
  get isHolding(): boolean {
    return this.#waiting > 0;
  }

  /** The sender is read no more. */
  stopReading(): void {
    this.#isStopped = true;
    this.#options.from.pause();
  }

  /** Sends a frame of ours between messages. */
  inject(frame: { readonly opcode: number; readonly payload: Uint8Array | string }): void {
    this.#leave(this.#encode(frame.opcode, frame.payload), 0);
    this.#drain();
  }

  /** Lets a held message go, as it is or with other content; `null` drops it. False: there is none of that id. */
  release(id: number, content?: { readonly binary: boolean; readonly bytes: Uint8Array } | null): boolean {
    // One that a fault sends twice waits twice.
    const waiting = this.#queue.filter(({ held }) => held === id);
    for (const leaving of waiting) {
      const { length } = leaving.bytes;
      if (content === null) leaving.bytes = EMPTY;
      else if (content) leaving.bytes = this.#encode(content.binary ? OPCODE.binary : OPCODE.text, content.bytes);
      this.#queued += leaving.bytes.length - length;
      leaving.held = null;
    }
    this.#waiting -= waiting.length;
    if (waiting.length === 0) return false;
    this.#flow();
    return true;
  }

  dispose(): void {
    this.#swallows = true;
    this.#clear();
  }

  #clear(): void {
    clearTimeout(this.#timer);
    this.#queue.length = 0;
    this.#queued = 0;
    this.#waiting = 0;
    this.#reordered = null;
    if (this.#isPaused && !this.#isStopped) this.#options.from.resume();
    this.#isPaused = false;
  }

  #onFrame(frame: Frame): void {
    if (frame.truncated) {
      this.#options.listener.failed(new Error(`A frame of ${frame.payloadBytes} bytes is more than can be held.`));
      return;
    }
    for (const joined of this.#joiner.push(frame, frame)) {
      const wire = Buffer.concat(joined.parts.map(wireOf));
      if (joined.opcode >= OPCODE.close) this.#control(joined.opcode, wire);
      else if (joined.finished && joined.opcode !== OPCODE.continuation)
        this.#message(joined.opcode === OPCODE.binary, joined.compressed, joined.parts, wire);
      else this.#leave(wire, 0);
    }
    if (this.#joiner.heldBytes > MAX_HELD_BYTES)
      this.#options.listener.failed(new Error('A message is longer than can be held for the faults.'));
  }

  #control(opcode: number, wire: Buffer): void {
    const { faults, listener } = this.#options;
    const refused =
      opcode === OPCODE.pong ? faults.refusesPong({ before: this.#messages, sinceMs: this.#sinceMs }) : null;
    if (refused === null) {
      // Who holds a message does not let the connection die of it: heartbeats go by.
      const goesBy = opcode !== OPCODE.close && this.#queue[0] !== undefined && this.#queue[0].held !== null;
      if (!goesBy) this.#leave(wire, 0);
      else if (this.#options.to.writable) this.#options.to.write(wire);
    } else listener.note(`Fault ${refused.number}: kept a pong from ${this.#whither}.`);
  }

  #message(binary: boolean, compressed: boolean, parts: readonly Frame[], wire: Buffer): void {
    const { faults, holds, listener, name } = this.#options;
    const payloads = parts.map(({ payload }) => payload);
    const bytes = compressed ? (this.#inflater?.inflate(payloads) ?? EMPTY) : Buffer.concat(payloads);
    const passing: Passing = { before: this.#messages, sinceMs: this.#sinceMs, message: { binary, bytes } };
    this.#messages += 1;
    let out: Buffer[] = [wire];
    let delayMs = 0;
    let wait = false;
    for (const each of faults.of(passing)) {
      const done = this.#apply(each, out, { binary, bytes });
      out = done.out;
      delayMs += done.delayMs;
      wait ||= done.wait;
    }
    const late = this.#reordered;
    const isLate = wait && late === null;
    const held = out.length > 0 && !isLate && holds(passing.message, name) ? this.#nextHeld++ : null;
    if (isLate) {
      this.#reordered = Buffer.concat(out);
    } else {
      for (const one of out) this.#leave(one, delayMs, held);
      if (late !== null) {
        this.#leave(late, delayMs);
        this.#reordered = null;
      }
    }
    if (held !== null) {
      this.#waiting += out.length;
      listener.held({ id: held, lane: name, binary, bytes });
    }
    const after = faults.after(passing);
    const last = this.#queue.at(-1);
    if (last) last.after = [...last.after, ...after];
    else for (const each of after) listener.happens(each);
  }

  #apply(
    each: NumberedFault,
    out: Buffer[],
    { binary, bytes }: { readonly binary: boolean; readonly bytes: Uint8Array },
  ): { readonly out: Buffer[]; readonly delayMs: number; readonly wait: boolean } {
    const { faults, listener } = this.#options;
    const does = each.fault.do;
    const tell = (words: string) => listener.note(`Fault ${each.number}: ${words} ${this.#whither}.`);
    const size = `a message of ${bytes.length} bytes`;
    const same = { out, delayMs: 0, wait: false };
    switch (each.kind) {
      case 'drop':
        tell(`dropped ${size} on its way to`);
        return { ...same, out: [] };
      case 'duplicate':
        tell(`sent ${size} twice to`);
        return { ...same, out: [...out, ...out] };
      case 'reorder':
        tell(`let the next message overtake ${size} to`);
        return { ...same, wait: true };
      case 'corrupt': {
        if (bytes.length === 0) return same;
        const changed = Buffer.from(bytes);
        const at = faults.pick(changed.length);
        changed[at] = (changed[at] ?? 0) ^ (1 << faults.pick(8));
        tell(`changed a bit of byte ${at} of ${size} to`);
        return { ...same, out: [this.#encode(binary ? OPCODE.binary : OPCODE.text, changed)] };
      }
      case 'replace':
        tell(`put another message in the place of ${size} to`);
        return { ...same, out: [this.#encode(OPCODE.text, replacement(does))] };
      case 'delayMs': {
        this.#once(each, () =>
          tell(
            `holds messages back by ${does.delayMs} ms${does.jitterMs ? ` and up to ${does.jitterMs} ms more` : ''} on their way to`,
          ),
        );
        return { ...same, delayMs: (does.delayMs ?? 0) + faults.pick((does.jitterMs ?? 0) + 1) };
      }
      case 'bytesPerSecond': {
        this.#once(each, () => tell(`lets ${does.bytesPerSecond} bytes a second pass to`));
        const wireBytes = out.reduce((sum, { length }) => sum + length, 0);
        // What went before it takes the line until then.
        const behind = Math.max(0, this.#lastDueMs - this.#options.clock());
        return { ...same, delayMs: behind + (wireBytes / (does.bytesPerSecond ?? 1)) * 1000 };
      }
      default:
        return same;
    }
  }

  #once({ number }: NumberedFault, act: () => void): void {
    if (this.#told.has(number)) return;
    this.#told.add(number);
    act();
  }

  get #sinceMs(): number {
    return this.#options.clock() - this.#options.sinceMs;
  }

  get #whither(): string {
    return this.#options.name === 'toServer' ? 'the server' : 'the client';
  }

  #encode(opcode: number, payload: Uint8Array | string): Buffer {
    const maskKey = this.#options.name === 'toServer' ? Math.floor(Math.random() * 4_294_967_296) : undefined;
    return encodeFrame({ opcode, payload, maskKey });
  }

  #leave(bytes: Buffer, delayMs: number, held: number | null = null): void {
    const nowMs = this.#options.clock();
    // Nothing overtakes what is under way.
    const dueMs = Math.max(this.#lastDueMs, nowMs + delayMs);
    this.#lastDueMs = dueMs;
    this.#queue.push({ bytes, dueMs, held, after: [] });
    this.#queued += bytes.length;
  }

  #drain(): void {
    const { clock, to } = this.#options;
    clearTimeout(this.#timer);
    while (this.#queue.length > 0) {
      const [first] = this.#queue;
      if (!first || first.held !== null) break;
      const inMs = first.dueMs - clock();
      if (inMs > 0) {
        this.#timer = setTimeout(() => this.#flow(), Math.ceil(inMs));
        break;
      }
      this.#queue.shift();
      this.#queued -= first.bytes.length;
      if (first.bytes.length > 0 && to.writable) to.write(first.bytes);
      for (const each of first.after) this.#options.listener.happens(each);
    }
    if (this.#queue.length === 0 && this.#ending) {
      const done = this.#ending;
      this.#ending = null;
      done();
    }
  }

  #flow(): void {
    this.#drain();
    const { from, to } = this.#options;
    const isFull = this.#queued > HIGH_BYTES || this.#waiting >= MAX_WAITING || to.writableNeedDrain;
    if (isFull && !this.#isPaused) {
      this.#isPaused = true;
      from.pause();
    } else if (!isFull && this.#isPaused) {
      this.#isPaused = false;
      if (!this.#isStopped) from.resume();
    }
  }
}

/** The frame as it came. */
function wireOf(frame: Frame): Buffer {
  const { fin, headerBytes, maskKey, masked, opcode, payload, rsv1, rsv2, rsv3 } = frame;
  const lengthBytes = (headerBytes - 2 - (masked ? 4 : 0)) as 0 | 2 | 8;
  return encodeFrame({
    fin,
    rsv1,
    rsv2,
    rsv3,
    opcode,
    payload,
    lengthBytes,
    maskKey: masked ? (maskKey ?? 0) : undefined,
  });
}

function replacement({ replace }: FaultAction): string {
  return typeof replace === 'string' ? replace : JSON.stringify(replace);
}

/** One direction as it comes: the bytes themselves, and the sender waits for the receiver. */
export function passOn(from: Duplex, to: Duplex): (chunk: Uint8Array) => void {
  to.on('drain', () => from.resume());
  return (chunk) => {
    if (to.writable && !to.write(chunk)) from.pause();
  };
}
