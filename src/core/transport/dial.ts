import type { Socket } from 'node:net';
import type { Attempt } from '../base/model.js';
import { type Clock, toThousandths } from '../base/clock.js';
import { formatAuthority } from '../base/address.js';
import { isGuardedAddress } from '../base/addressGuard.js';
import type { Network, ReadRoom } from './network.js';
import { errorCode, failed, type Outcome, success, wait } from './outcome.js';
import type { Address } from './resolve.js';

/** RFC 8305 8: "Connection Attempt Delay". */
const ATTEMPT_DELAY_MS = 250;

export interface DialOptions {
  readonly port: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly allowLinkLocal: boolean;
  readonly network: Network;
  readonly clock: Clock;
  /** Where the socket is to read to, if that matters. */
  readonly room?: ReadRoom | undefined;
  /** Filled in as attempts start; rows are replaced as they end. */
  readonly attempts: Attempt[];
}

interface Running {
  readonly socket: Socket;
  readonly row: number;
}

/** Connects by happy eyeballs (RFC 8305): families interleaved, the next attempt after a failure or 250 ms, first one wins. */
export function dial(addresses: readonly Address[], options: DialOptions): Promise<Outcome<Socket>> {
  const { attempts, clock, network, port, room } = options;
  const queue = interleave(addresses);
  const running = new Set<Running>();
  let next: NodeJS.Timeout | null = null;

  const finish = (row: number, error: string | null) => {
    const attempt = attempts[row];
    if (attempt) attempts[row] = { ...attempt, durationMs: toThousandths(clock() - attempt.startMs), error };
  };

  return wait<Socket>(
    {
      phase: 'tcp',
      timeoutMs: options.timeoutMs,
      timeoutMessage: `No connection within ${options.timeoutMs} ms.`,
      signal: options.signal,
    },
    (settle) => {
      const startNext = () => {
        if (next) clearTimeout(next);
        next = null;
        const address = queue.shift();
        if (!address) {
          if (running.size === 0) settle(tellingFailure(attempts));
          return;
        }
        const row = attempts.push({ ...address, port, startMs: clock(), durationMs: 0, error: null }) - 1;
        const socket = network.connect(address.address, address.family, port, room);
        const attempt: Running = { socket, row };
        running.add(attempt);
        socket.once('connect', () => {
          running.delete(attempt);
          const remote = socket.remoteAddress;
          if (remote !== undefined && !options.allowLinkLocal && isGuardedAddress(remote)) {
            finish(row, 'guarded');
            socket.destroy();
            settle(failed('tcp', 'guard', remote));
            return;
          }
          finish(row, null);
          settle(success(socket));
        });
        socket.once('error', (error) => {
          if (!running.delete(attempt)) return;
          finish(row, errorCode(error) ?? error.message);
          startNext();
        });
        if (queue.length > 0) next = setTimeout(startNext, ATTEMPT_DELAY_MS);
      };
      startNext();
      return (outcome) => {
        if (next) clearTimeout(next);
        queue.length = 0;
        for (const { socket, row } of running) {
          finish(row, !outcome.ok && outcome.failure.kind === 'timeout' ? 'timeout' : 'abandoned');
          // An attempt that loses may still fail: nobody is listening by then.
          socket.on('error', () => {});
          socket.destroy();
        }
        running.clear();
      };
    },
  );
}

/** The first address's family leads, then the families take turns. */
export function interleave(addresses: readonly Address[]): Address[] {
  const first = addresses[0]?.family;
  const leading = addresses.filter(({ family }) => family === first);
  const other = addresses.filter(({ family }) => family !== first);
  const turns: Address[] = [];
  for (let turn = 0; turn < Math.max(leading.length, other.length); turn++) {
    const pair = [leading[turn], other[turn]];
    turns.push(...pair.filter((address) => address !== undefined));
  }
  return turns;
}

/** Of several refusals, the one that says most about the server comes first. */
const TELLING = ['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'];

function tellingFailure(attempts: readonly Attempt[]): Outcome<never> {
  const errors = attempts.map(({ error }) => error ?? '');
  const code = TELLING.find((telling) => errors.includes(telling)) ?? errors.at(-1) ?? null;
  const each = attempts.map(({ address, port, error }) => `${formatAuthority(address, port)}: ${error}`);
  return failed('tcp', 'error', each.join('; '), code);
}
