import type { Fix, Layer } from '../base/model.js';
import { parseUrl } from '../base/url.js';
import { quoteText } from '../base/plainText.js';
import type { ProbePlan } from '../base/plan.js';
import { directFix, proxyAddress } from './snippets/forwardProxy.js';
import { http1Fix } from './snippets/http2.js';
import { allowOriginFix, ownOrigin } from './snippets/origin.js';
import { profileFix, tokenFix, withScheme } from './snippets/profile.js';
import { shellFix, textFix } from './snippets/shell.js';

/** What a change that cures says of the fault. `fixes` gets a plan without secrets. */
export interface Cure {
  readonly layer: Layer;
  /** "The handshake passes …", "the connection holds …" */
  readonly passes: string;
  readonly why: string;
  readonly fixes: (plan: ProbePlan) => readonly Fix[];
}

const cures: Readonly<Record<string, Cure>> = {
  'no-compression': {
    layer: 'handshake',
    passes: 'without compression',
    why: 'With permessage-deflate it fails, without it does not.',
    fixes: () => [profileFix('Do without compression (profile)', { compression: false })],
  },
  'no-subprotocol': {
    layer: 'handshake',
    passes: 'without a subprotocol',
    why: 'The server stumbles over the subprotocols that are offered: it knows none of them, or another spelling.',
    fixes: () => [
      profileFix('Offer none (profile)', { subprotocols: [] }),
      textFix('Or offer what the server speaks', 'Look up its token (RFC 6455 1.9): upper and lower case count.'),
    ],
  },
  'no-origin': {
    layer: 'application',
    passes: 'without an Origin header',
    why: 'The server has a list of origins, and this one is not on it. Clients that are no browsers send none.',
    fixes: (plan) => [removeFix('"origin"'), allowOriginFix(plan.origin ?? ownOrigin(plan))],
  },
  'own-origin': {
    layer: 'application',
    passes: 'with the origin of the server itself',
    why: 'The server takes connections from its own pages only, as a protection against other web pages (cross-site WebSocket hijacking).',
    fixes: (plan) => [
      profileFix('Send that origin (profile)', { origin: ownOrigin(plan) }),
      allowOriginFix(plan.origin),
    ],
  },
  'no-auth': {
    layer: 'application',
    passes: 'without credentials',
    why: 'The credentials themselves are refused: expired, malformed, for another server, or in a place where this server wants none.',
    fixes: () => [removeFix('"auth"'), tokenFix],
  },
  ipv4: family(4),
  ipv6: family(6),
  direct: {
    layer: 'proxy',
    passes: 'without the proxy',
    why: 'The server is well: the proxy in between refuses, changes or delays the handshake.',
    fixes: () => [directFix],
  },
  proxy: {
    layer: 'proxy',
    passes: 'through the proxy',
    why: 'The direct way to the server is closed, as it is in networks that let only their proxy out.',
    fixes: ({ unusedProxy }) => [
      profileFix('Go through the proxy (profile)', { proxy: unusedProxy ? proxyAddress(unusedProxy.route) : 'auto' }),
    ],
  },
  http1: {
    layer: 'handshake',
    passes: 'over HTTP/1.1',
    why: 'The server, or what stands before it, takes no WebSockets over HTTP/2 (RFC 8441).',
    fixes: () => [http1Fix],
  },
  http2: {
    layer: 'handshake',
    passes: 'over HTTP/2',
    why: 'The server speaks HTTP/2 only, or something before it spoils the upgrade of HTTP/1.1 and lets extended CONNECT (RFC 8441) pass.',
    fixes: () => [profileFix('Use HTTP/2 (profile)', { http: '2' })],
  },
  slash: slash('with a slash at the end of the path'),
  'no-slash': slash('without the slash at the end of the path'),
  ws: {
    layer: 'tls',
    passes: 'over ws, without TLS',
    why: 'The port speaks plain text: TLS ends somewhere else, or is not set up.',
    fixes: (plan) => [profileFix('Connect without TLS (profile)', { url: withScheme(plan.url, 'ws') })],
  },
  'ws:443': {
    layer: 'tls',
    passes: 'over ws, without TLS, on port 443',
    why: 'The port speaks plain text: TLS is not set up on it, or ends somewhere else.',
    fixes: (plan) => [
      profileFix('Connect without TLS (profile)', {
        url: withScheme(plan.url, 'ws').replace(/^(ws:\/\/[^/?]*)/, '$1:443'),
      }),
    ],
  },
  'lower-case': ofSpelling('lower case'),
  'title-case': ofSpelling('title case (Sec-Websocket-Key)'),
  'no-ping': {
    layer: 'application',
    passes: 'without our protocol ping',
    why: 'The server ends the connection at a ping, which every endpoint must answer (RFC 6455 5.5.2). Clients that send none, as browsers do, are served.',
    fixes: () => [profileFix('Hold without a ping (profile)', { expect: { ping: false } })],
  },
  'with-cookie': {
    layer: 'application',
    passes: 'with the cookies that the refusal set',
    why: 'The first answer sets a cookie and refuses, and whoever comes back with it is let in: browsers do, by themselves. A login, a test for robots, or a load balancer that marks its clients works so.',
    fixes: () => [
      textFix(
        'Fetch a cookie first',
        'Take the cookie from the answer (Set-Cookie) and send it: "cookies" in the profile, --cookie name=value in the terminal.',
      ),
    ],
  },
  wss: {
    layer: 'tls',
    passes: 'over wss, with TLS',
    why: 'The port wants TLS, or something on the way spoils the upgrade when it can read it.',
    fixes: (plan) => [profileFix('Connect with TLS (profile)', { url: withScheme(plan.url, 'wss') })],
  },
};

/** Of changes that carry a value: `host:localhost`. */
const valued: Readonly<Record<string, (value: string) => Cure>> = {
  host: (value) => ({
    layer: 'application',
    passes: `with Host: ${quoteText(value, 80)}`,
    why: 'The server decides by the Host header: it serves this name at the address, and not the one that was asked for. A proxy before it that puts another name there (nginx without "proxy_set_header Host $host") does the same to every client.',
    fixes: () => [
      profileFix('Send that Host (profile)', { headers: { Host: value } }),
      textFix(
        'Or let the server answer to both',
        'Add the name that clients use to its virtual hosts, or to its list of allowed hosts.',
      ),
    ],
  }),
  sni: (value) => ({
    layer: 'tls',
    passes: `asking for ${quoteText(value, 80)} in TLS (SNI)`,
    why: 'Several servers share the address, and TLS chooses between them by the name that the client asks for.',
    fixes: () => [profileFix('Ask for that name (profile)', { tls: { serverName: value } })],
  }),
  path: (value) => ({
    layer: 'application',
    passes: `at the path ${quoteText(value, 80)}`,
    why: 'The server is the right one, and its WebSocket is at another path.',
    fixes: (plan) => [profileFix('Use that path (profile)', { url: withTarget(plan.url, value) })],
  }),
  subprotocol: (value) => ({
    layer: 'handshake',
    passes: `offering the subprotocol ${quoteText(value, 80)}`,
    why: 'The server opens, or stays, only for clients that offer a subprotocol it speaks.',
    fixes: () => [profileFix('Offer it (profile)', { subprotocols: [value] })],
  }),
};

const valuedId = /^(host|sni|path|subprotocol):(.+)$/s;

function ofSpelling(names: string): Cure {
  return {
    layer: 'handshake',
    passes: `with the names of headers in ${names}`,
    why: 'Names of headers are the same in any case (RFC 9110 5.1), and something here compares them letter by letter: a server written by hand, or a proxy that rewrites names before one. No profile changes this: browsers and libraries spell them as they do.',
    fixes: () => [
      textFix(
        'On the server',
        'Compare names of headers without regard to case: sec-websocket-key is Sec-WebSocket-Key.',
      ),
    ],
  };
}

/** By the id of the change; of one that is not known only its id. */
export function cureOf(id: string): Cure {
  if (Object.hasOwn(cures, id)) return cures[id]!;
  const [, kind = '', value = ''] = valuedId.exec(id) ?? [];
  if (Object.hasOwn(valued, kind)) return valued[kind]!(value);
  const name = /^no-header:(.*)$/s.exec(id)?.[1];
  const header = quoteText(name ?? id, 80);
  if (name === undefined) {
    return {
      layer: 'application',
      passes: `with ${header}`,
      why: 'This single change makes the difference.',
      fixes: () => [],
    };
  }
  return {
    layer: 'application',
    passes: `without the header ${header}`,
    why: 'The server, or a filter before it, refuses requests that carry this header or this value of it.',
    fixes: () => [removeFix(`"${header}" in "headers"`)],
  };
}

function family(version: 4 | 6): Cure {
  const other = version === 4 ? 6 : 4;
  return {
    layer: 'network',
    passes: `over IPv${version}`,
    why: `Over IPv${other} the same name leads to a machine, a listener or a firewall that behaves otherwise.`,
    fixes: (plan) => {
      const host = parseUrl(plan.url)?.hostname ?? 'host.example.com';
      return [
        shellFix('Compare the addresses of the name', ['getent', 'ahostsv4', host], ['getent', 'ahostsv6', host]),
        textFix(
          'On the server',
          `Listen on both families, or take the ${other === 6 ? 'AAAA' : 'A'} record out of DNS.`,
        ),
      ];
    },
  };
}

function slash(passes: string): Cure {
  return {
    layer: 'application',
    passes,
    why: 'The two paths are different ones to the router, and only one of them has the WebSocket.',
    fixes: (plan) => [profileFix('Use that path (profile)', { url: toggleSlash(plan.url) })],
  };
}

/** Another path, the query kept behind what the new one asks for. */
function withTarget(address: string, target: string): string {
  const url = parseUrl(address);
  if (!url) return address;
  const [pathname = '/', query = ''] = target.split('?');
  url.pathname = pathname;
  for (const [name, value] of new URLSearchParams(query)) url.searchParams.set(name, value);
  return url.href;
}

function toggleSlash(url: string): string {
  return url.replace(
    /^([^?]*?)(\/?)(\?.*)?$/s,
    (_, path: string, end: string, query = '') => `${path}${end ? '' : '/'}${query}`,
  );
}

function removeFix(what: string): Fix {
  return textFix(
    `Remove ${what} from the profile`,
    `Take ${what} out. If the server should accept it, its log or rules say why it does not.`,
  );
}
