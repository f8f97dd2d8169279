import { ProbeError } from '../../base/errors.js';
import { parseUrl } from '../../base/url.js';

/** Where a DevTools endpoint is: one that lists targets, or one target itself. */
export type DevtoolsAddress =
  | { readonly kind: 'endpoint'; readonly url: URL }
  | { readonly kind: 'target'; readonly url: URL };

/** An `http:` address follows every target, a `ws:` address is one. Throws a ProbeError for anything else. */
export function devtoolsAddress(text: string): DevtoolsAddress {
  const url = parseUrl(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  if (url && /^https?:$/.test(url.protocol)) return { kind: 'endpoint', url };
  if (url && /^wss?:$/.test(url.protocol)) return { kind: 'target', url };
  throw new ProbeError('attach.address', 'This is no address of DevTools.', {
    hint: 'Give http://127.0.0.1:9222, as a browser started with --remote-debugging-port=9222 or Node with --inspect has one, or the ws:// address of one target.',
  });
}

/** An address as it may be shown: the path of a debugger's address is what lets one in. */
export function shownAddress(url: URL): string {
  return `${url.protocol}//${url.host}`;
}

/** The address of a target as an endpoint lists it, at the host that was asked: who lists a target does not lead elsewhere. */
export function targetAddress(endpoint: URL, listed: string): URL | null {
  const url = parseUrl(listed);
  if (!url || !/^wss?:$/.test(url.protocol)) return null;
  url.protocol = endpoint.protocol === 'https:' ? 'wss:' : 'ws:';
  url.host = endpoint.host;
  // Setting a host without a port leaves the port that stood there.
  url.port = endpoint.port;
  return url;
}
