import type { DialectJudge } from '../dialects/dialectJudge.js';
import type { Frame } from '../base/frame.js';
import type { Direction } from '../base/model.js';
import { endsMessage, Meters } from './meters.js';
import { NumberQueue } from './numberQueue.js';
import type { HeardMessage } from '../run/heardMessage.js';
import type { SessionLog } from './sessionLog.js';
import type { SessionSnapshot } from './snapshot.js';

export interface SessionMessage {
  readonly id: number;
  readonly direction: Direction;
  readonly binary: boolean;
  readonly bytes: Uint8Array;
  readonly atMs: number;
}

export interface SessionTrafficOptions {
  readonly log: SessionLog;
  readonly dialectJudge: DialectJudge;
  /** A whole message, inflated, with the id of its last frame's row. Its bytes are borrowed. */
  readonly onMessage?: ((message: SessionMessage) => void) | undefined;
}

/** What passes over the connections of a session: logged, counted, shown to who judges the dialect, and told. */
export class SessionTraffic {
  readonly #options: SessionTrafficOptions;
  readonly #meters = new Meters();
  /** Rows of the messages that `ws` has still to give, where somebody takes them. */
  readonly #arrivedIds = new NumberQueue();

  constructor(options: SessionTrafficOptions) {
    this.#options = options;
  }

  connectionBegan(): void {
    this.#arrivedIds.clear();
    this.#meters.connectionBegan();
  }

  /** Gives the id of its row. */
  frame(frame: Frame, connection: number): number {
    const id = this.#options.log.append(frame, connection);
    this.#meters.frame(frame);
    if (this.#options.onMessage && frame.direction === 'received' && endsMessage(frame)) this.#arrivedIds.push(id);
    return id;
  }

  /** A whole message came. True when another dialect than before is thought to be spoken, or sizes have changed. */
  received(message: HeardMessage, atMs: number): boolean {
    const changed = this.#note(message, 'received', atMs, message.compressed);
    const id = this.#arrivedIds.shift();
    if (id !== undefined)
      this.#options.onMessage?.({ id, direction: 'received', binary: message.binary, bytes: message.bytes, atMs });
    return changed;
  }

  /** A whole message has left; `id` is the row of its last frame. */
  sent(message: Omit<SessionMessage, 'direction'>, compressed: boolean): void {
    const sent: SessionMessage = { ...message, direction: 'sent' };
    this.#note(sent, 'sent', sent.atMs, compressed);
    this.#options.onMessage?.(sent);
  }

  /** From the last byte in either direction, and from the peer's last, to `endMs`; null without any. */
  silenceBefore(endMs: number): ReturnType<Meters['silenceBefore']> {
    return this.#meters.silenceBefore(endMs);
  }

  snapshot(nowMs: number, deflates: boolean): Pick<SessionSnapshot, 'sent' | 'received' | 'compressionRatio'> {
    return {
      sent: this.#meters.traffic('sent', nowMs),
      received: this.#meters.traffic('received', nowMs),
      compressionRatio: deflates ? this.#meters.compressionRatio(nowMs) : null,
    };
  }

  #note(
    message: Pick<SessionMessage, 'binary' | 'bytes'>,
    direction: Direction,
    atMs: number,
    compressed: boolean,
  ): boolean {
    const { dialectJudge, log } = this.#options;
    const isLookedAt = dialectJudge.counts(direction);
    // Most messages are only counted: no view is made of their bytes.
    if (!isLookedAt && !compressed) return false;
    const { binary, bytes } = message;
    const judged = isLookedAt && dialectJudge.look({ direction, binary, bytes, atMs });
    if (compressed) {
      log.attachInflated(direction, bytes, binary);
      this.#meters.inflated(direction, bytes.length);
    }
    return judged || compressed;
  }
}
