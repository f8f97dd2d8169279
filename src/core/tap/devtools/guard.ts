import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isGuardedAddress, isGuardedHost } from '../../base/addressGuard.js';
import { ProbeError } from '../../base/errors.js';

/** Throws for an address that is never anybody's debugger: link-local, cloud metadata. Names are looked at when they are resolved. */
export function refuseGuarded({ hostname }: URL): void {
  if (isGuardedHost(hostname.replace(/^\[|\]$/g, ''))) throw guarded();
}

/** As `dns.lookup`, but for guarded addresses. */
export const guardedLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) {
      callback(error, '', 0);
      return;
    }
    const [first] = addresses;
    if (!first || addresses.some(({ address }) => isGuardedAddress(address))) {
      callback(first ? guarded() : new Error(`no address for ${hostname}`), '', 0);
      return;
    }
    if (options.all) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};

function guarded(): ProbeError {
  return new ProbeError('attach.guarded', 'Link-local and cloud metadata addresses are refused.');
}
