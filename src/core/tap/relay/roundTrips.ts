import { type Frame, OPCODE } from '../../base/frame.js';

const MAX_PINGS = 100;

/** Times from pings to their pongs, whoever of the two sent them. */
export class RoundTrips {
  readonly #onRoundTrip: (ms: number) => void;
  /** Under way, by who sent them and what is in them. */
  readonly #pings = new Map<string, number>();

  constructor(onRoundTrip: (ms: number) => void) {
    this.#onRoundTrip = onRoundTrip;
  }

  see(frame: Pick<Frame, 'direction' | 'opcode' | 'payload'>, atMs: number): void {
    const { direction, opcode } = frame;
    if (opcode < OPCODE.ping) return;
    // Asked for here and not above: of a lent frame it has to be made.
    const mark = Buffer.from(frame.payload).toString('latin1');
    if (opcode === OPCODE.ping) {
      if (this.#pings.size < MAX_PINGS) this.#pings.set(`${direction} ${mark}`, atMs);
      return;
    }
    const key = `${direction === 'sent' ? 'received' : 'sent'} ${mark}`;
    const began = this.#pings.get(key);
    if (began === undefined) return;
    this.#pings.delete(key);
    this.#onRoundTrip(atMs - began);
  }
}
