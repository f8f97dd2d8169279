import { isGuardedHost } from '../../base/addressGuard.js';
import { ProbeError } from '../../base/errors.js';

/** Throws for an address that is never anybody's debugger: link-local, cloud metadata. Names are looked at when they are resolved. */
export function refuseGuarded({ hostname }: URL): void {
  if (isGuardedHost(hostname.replace(/^\[|\]$/g, '')))
    throw new ProbeError('attach.guarded', 'Link-local and cloud metadata addresses are refused.');
}
