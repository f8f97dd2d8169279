import { isIP } from 'node:net';
import { isGuardedAddress } from '../base/addressGuard.js';
import type { Network } from './network.js';
import { failed, failedWith, type Outcome, success, wait } from './outcome.js';

export interface Address {
  readonly address: string;
  readonly family: 4 | 6;
}

export interface ResolveOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly allowLinkLocal: boolean;
  readonly network: Network;
}

/** More than this a resolver does not give in earnest. */
const MAX_ADDRESSES = 64;

/** All addresses of a host in the system's order; an IP literal is its own answer. Guarded addresses fail the phase. */
export async function resolveHost(host: string, options: ResolveOptions): Promise<Outcome<readonly Address[]>> {
  const family = isIP(host);
  if (family !== 0) return guard([{ address: host, family: family === 4 ? 4 : 6 }], options);
  const found = await wait<readonly Address[]>(
    {
      phase: 'dns',
      timeoutMs: options.timeoutMs,
      timeoutMessage: `The resolver gave no answer within ${options.timeoutMs} ms.`,
      signal: options.signal,
    },
    (settle) => {
      options.network.lookup(host).then(
        (addresses) => settle(success(addresses.slice(0, MAX_ADDRESSES).map(toAddress))),
        (error: Error) => settle(failedWith('dns', error)),
      );
      return () => {};
    },
  );
  if (!found.ok) return found;
  if (found.value.length === 0) return failed('dns', 'error', `No address for ${host}.`, 'ENOTFOUND');
  return guard(found.value, options);
}

function toAddress({ address, family }: { address: string; family: number }): Address {
  return { address, family: family === 6 ? 6 : 4 };
}

function guard(addresses: readonly Address[], options: ResolveOptions): Outcome<readonly Address[]> {
  const refused = options.allowLinkLocal ? undefined : addresses.find(({ address }) => isGuardedAddress(address));
  return refused ? failed('dns', 'guard', refused.address) : success(addresses);
}
