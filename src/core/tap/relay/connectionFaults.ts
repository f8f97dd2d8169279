import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { OPCODE } from '../../base/frame.js';
import type { Lane as LaneName } from '../../session/tapState.js';
import type { NumberedFault } from '../faults/laneFaults.js';
import type { ShapedLane } from './lane.js';

export interface ConnectionFaultsOptions {
  /** Where each direction leads. */
  readonly sides: Readonly<Record<LaneName, Duplex>>;
  /** Null: bytes pass as they come, and nothing can be said in between. */
  readonly lanes: Readonly<Record<LaneName, ShapedLane>> | null;
  readonly note: (text: string) => void;
}

const BOTH: readonly LaneName[] = ['toClient', 'toServer'];

/** Faults that happen to a connection as a whole, at a time or because a message has passed. */
export class ConnectionFaults {
  readonly #options: ConnectionFaultsOptions;
  /** What happened last, in words; null: nothing has. */
  last: string | null = null;
  readonly #timers = new Map<NodeJS.Timeout, NumberedFault>();

  constructor(options: ConnectionFaultsOptions) {
    this.#options = options;
  }

  /** Those of a time alone, each once for the connection, which has been open for so long. */
  start(timed: ReadonlySet<NumberedFault>, openForMs = 0): void {
    for (const each of timed) {
      const timer = setTimeout(
        () => {
          this.#timers.delete(timer);
          this.happens(each);
        },
        Math.max(0, (each.fault.when?.afterMs ?? 0) - openForMs),
      );
      this.#timers.set(timer, each);
    }
  }

  happens(each: NumberedFault): void {
    const { lanes, note, sides } = this.#options;
    const { direction = 'both', do: does } = each.fault;
    const chosen = direction === 'both' ? BOTH : [direction];
    const whither = direction === 'both' ? 'both sides' : direction === 'toServer' ? 'the server' : 'the client';
    const tell = (words: string) => {
      this.last = `Fault ${each.number}: ${words} ${whither}.`;
      note(this.last);
    };
    switch (each.kind) {
      case 'cut':
        tell(does.cut === 'rst' ? 'reset the connection to' : 'ended the connection to');
        for (const lane of chosen) cut(sides[lane], does.cut === 'rst');
        return;
      case 'halfOpen':
        tell('lets nothing pass any more to');
        for (const lane of chosen) lanes?.[lane].swallow();
        return;
      case 'stopReading':
        tell('reads nothing any more that is meant for');
        for (const lane of chosen) lanes?.[lane].stopReading();
        return;
      case 'close': {
        const { code = 1000, reason = '' } = does.close ?? {};
        tell(`sent Close ${code} to`);
        const payload = Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]);
        for (const lane of chosen) lanes?.[lane].inject({ opcode: OPCODE.close, payload });
        return;
      }
      default:
    }
  }

  /** Those that apply no more do not happen. */
  keep(faults: readonly NumberedFault[]): void {
    for (const [timer, each] of this.#timers) {
      if (faults.includes(each)) continue;
      clearTimeout(timer);
      this.#timers.delete(timer);
    }
  }

  stop(): void {
    this.keep([]);
  }
}

/** By a FIN behind what is under way, or at once by an RST where TCP is ours to reset. */
export function cut(stream: Duplex, reset: boolean): void {
  if (!reset) stream.end();
  else if (stream instanceof Socket) stream.resetAndDestroy();
  else stream.destroy();
}
