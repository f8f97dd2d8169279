import { ProbeError } from '../base/errors.js';
import { toThousandths } from '../base/clock.js';
import type { WebSocket } from '../transport/webSocket.js';
import { RoundTripWindow } from './roundTripWindow.js';

const MAX_PENDING = 100;
/** RFC 6455 5.5. */
const MAX_CONTROL_BYTES = 125;

/** Pings sent, pongs paired with them by their payload, and the round trips between. */
export class PingMeter {
  readonly roundTrips = new RoundTripWindow();
  sent = 0;
  received = 0;
  readonly #pending = new Map<string, number>();

  ping(socket: WebSocket | null, payload: string | null, atMs: number): void {
    const bytes = controlPayload(payload ?? `wsprobe.${this.sent + 1}`);
    this.sent += 1;
    if (this.#pending.size >= MAX_PENDING) this.#pending.clear();
    this.#pending.set(bytes.toString('latin1'), atMs);
    socket?.ping(bytes);
  }

  /** Whether the pong answers one of our pings; an unsolicited one is only counted. */
  pong(payload: Uint8Array, atMs: number): boolean {
    this.received += 1;
    const key = Buffer.from(payload).toString('latin1');
    const sentMs = this.#pending.get(key);
    if (sentMs === undefined) return false;
    this.#pending.delete(key);
    this.roundTrips.add(atMs, toThousandths(atMs - sentMs));
    return true;
  }

  forgetPending(): void {
    this.#pending.clear();
  }
}

/** UTF-8 bytes of a control frame. Throws `ProbeError` beyond 125 bytes. */
export function controlPayload(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= MAX_CONTROL_BYTES) return bytes;
  throw new ProbeError(
    'session.control-too-long',
    `A control frame holds ${MAX_CONTROL_BYTES} bytes, this payload has ${bytes.length}.`,
    { hint: 'A raw frame sends more, to see what the server makes of it.' },
  );
}
