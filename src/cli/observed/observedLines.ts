import { type Frame, OPCODE } from '../../core/base/frame.js';
import type { Direction } from '../../core/base/model.js';
import { MessageJoiner } from '../../core/frames/messageJoiner.js';
import type { SessionEvent } from '../../core/base/sessionEvent.js';
import { setBounded } from '../../core/base/setBounded.js';
import type { UnframedMessage } from '../../core/frames/log/logStore.js';
import type { ObservedListener } from '../../core/session/observedSource.js';
import { renderSessionEvent } from '../../core/text/sessionEventText.js';
import { type LogLines, SOUGHT_BYTES } from '../connect/logLines.js';

const PLAIN = { rsv2: false, rsv3: false, label: null, decoded: null };
const newJoiner = () =>
  new MessageJoiner<Uint8Array>({
    mayHold: (part, _held, payloadBytes) => payloadBytes - part.length < SOUGHT_BYTES,
  });
const MAX_NAMES = 10_000;
const MAX_NAME = 60;

/** What is seen of other programs, a line each as `connect` shows them, with which socket it is. */
export class ObservedLines implements ObservedListener {
  readonly #lines: LogLines;
  /** What each connection is called behind its number. */
  readonly #names = new Map<number, string>();
  readonly #joiners = new Map<number, Readonly<Record<Direction, MessageJoiner<Uint8Array>>>>();

  constructor(lines: LogLines) {
    this.#lines = lines;
  }

  onMessage({ atMs, direction, binary, bytes, payloadBytes }: UnframedMessage, connection: number): void {
    const payload = bytes.subarray(0, SOUGHT_BYTES);
    this.#lines.message(
      { atMs, direction },
      { isText: !binary, payload, bytes: payloadBytes, frames: 1, isRaw: false },
      { opcode: binary ? 2 : 1, rsv2: false, rsv3: false, label: null, decoded: null, notes: [this.#of(connection)] },
    );
  }

  /** A frame of the wire; a message is shown when it is whole, a compressed one when its content is told. */
  onFrame(frame: Frame, connection: number): void {
    const { atMs, direction, opcode } = frame;
    if (opcode >= OPCODE.close) {
      this.#lines.control(frame, [this.#of(connection)]);
      return;
    }
    for (const joined of this.#joinerOf(connection, direction).push(frame, frame.payload.slice(0, SOUGHT_BYTES))) {
      if (joined.compressed && joined.finished) continue;
      const payload = Buffer.concat(joined.parts).subarray(0, SOUGHT_BYTES);
      const { frames, payloadBytes: bytes } = joined;
      this.#lines.message(
        { atMs, direction },
        { isText: joined.opcode === OPCODE.text, payload, bytes, frames, isRaw: joined.compressed },
        { ...PLAIN, opcode: joined.opcode, notes: [this.#of(connection)] },
      );
    }
  }

  onInflated(connection: number, direction: Direction, content: Uint8Array, binary: boolean, atMs: number): void {
    const message = { direction, binary, bytes: content, payloadBytes: content.length, atMs };
    this.onMessage(message, connection);
  }

  #joinerOf(connection: number, direction: Direction): MessageJoiner<Uint8Array> {
    const known = this.#joiners.get(connection) ?? { sent: newJoiner(), received: newJoiner() };
    this.#joiners.set(connection, known);
    return known[direction];
  }

  onEvent(event: SessionEvent, atMs: number, connection: number): void {
    if ((event.kind === 'connecting' || event.kind === 'open') && event.url !== undefined)
      this.#name(connection, event.url);
    this.#lines.event(atMs, renderSessionEvent(event), [this.#of(connection)]);
    if (event.kind !== 'closed' && event.kind !== 'not-connected') return;
    this.#names.delete(connection);
    this.#joiners.delete(connection);
  }

  #name(connection: number, url: string): void {
    const path = /^[a-z]+:\/\/[^/?#]*(\/[^?#]*)/i.exec(url)?.[1] ?? '';
    const name = path.length > MAX_NAME ? `${path.slice(0, MAX_NAME)}…` : path;
    setBounded(this.#names, connection, name, MAX_NAMES);
  }

  #of(connection: number): string {
    return `${connection} ${this.#names.get(connection) ?? ''}`.trim();
  }
}
