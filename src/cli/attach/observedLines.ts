import type { SessionEvent } from '../../core/base/sessionEvent.js';
import type { UnframedMessage } from '../../core/frames/log/logStore.js';
import type { ObservedListener } from '../../core/session/observedSource.js';
import { renderSessionEvent } from '../../core/text/sessionEventText.js';
import { type LogLines, SOUGHT_BYTES } from '../connect/logLines.js';

const MAX_NAMES = 10_000;
const MAX_NAME = 60;

/** What is seen of other programs, a line each as `connect` shows them, with which socket it is. */
export class ObservedLines implements ObservedListener {
  readonly #lines: LogLines;
  /** What each connection is called behind its number. */
  readonly #names = new Map<number, string>();

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

  onEvent(event: SessionEvent, atMs: number, connection: number): void {
    if ((event.kind === 'connecting' || event.kind === 'open') && event.url !== undefined)
      this.#name(connection, event.url);
    this.#lines.event(atMs, renderSessionEvent(event), [this.#of(connection)]);
    if (event.kind === 'closed' || event.kind === 'not-connected') this.#names.delete(connection);
  }

  #name(connection: number, url: string): void {
    const path = /^[a-z]+:\/\/[^/?#]*(\/[^?#]*)/i.exec(url)?.[1] ?? '';
    this.#names.set(connection, path.length > MAX_NAME ? `${path.slice(0, MAX_NAME)}…` : path);
    const [oldest] = this.#names.keys();
    if (this.#names.size > MAX_NAMES && oldest !== undefined) this.#names.delete(oldest);
  }

  #of(connection: number): string {
    return `${connection} ${this.#names.get(connection) ?? ''}`.trim();
  }
}
