import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isGuardedAddress } from '../base/addressGuard.js';

/** Why a guarded address is not gone to, in words without an end. */
export const GUARDED = 'link-local and cloud metadata addresses are refused';

/** The addresses of a name, as `dns.lookup` gives them, unless one of them is guarded. */
export const guardedLookup: LookupFunction = (host, options, done) => {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    const [first] = addresses ?? [];
    if (error || !first) return done(error ?? new Error(`no address for ${host}`), []);
    if (addresses.some(({ address }) => isGuardedAddress(address))) return done(new Error(GUARDED), []);
    if (options.all === true) return done(null, addresses);
    done(null, first.address, first.family);
  });
};
