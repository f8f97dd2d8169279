import type { Differential, Finding, Fix, Layer, Variation } from '../model.js';
import { parseUrl } from '../parseUrl.js';
import { quoteText } from '../plainText.js';
import type { ProbePlan } from '../profile/profile.js';
import { Redactor } from '../redaction.js';
import { finding } from './finding.js';
import { directFix, proxyAddress } from './snippets/forwardProxy.js';
import { http1Fix } from './snippets/http2.js';
import { profileFix, tokenFix, withScheme } from './snippets/profile.js';
import { shellFix, textFix } from './snippets/shell.js';

interface Cure {
  readonly layer: Layer;
  /** "The handshake passes …", "the connection holds …" */
  readonly passes: string;
  readonly why: string;
  readonly fixes: (plan: ProbePlan) => readonly Fix[];
}

/** What failed, and so what a cure makes work: the opening handshake, or what came after it. */
type Stage = 'handshake' | 'hold';

const WORKS = {
  handshake: { it: 'the handshake', does: 'passes', make: 'pass' },
  hold: { it: 'the connection', does: 'holds', make: 'hold' },
} as const;

/**
 * What a differential handshake found out, as the headline of the report it belongs to: `differential.cured` (with
 * `compression.incompatible` where that was it) or `differential.not-cured`; nothing when nothing was tried. Pure; no secret of the plan is told.
 */
export function differentialFindings(
  differential: Differential,
  plan: ProbePlan,
  stage: Stage = 'handshake',
): readonly Finding[] {
  const { cure, stopped, variations } = differential;
  if (cure === null && variations.length === 0) return [];
  const redactor = new Redactor(plan.secrets);
  const lines = [
    ...variations.map((variation) => redactor.text(describe(variation))),
    stopped !== null && redactor.text(`Stopped early: ${stopped}`),
  ];
  if (cure === null) return [notCured(differential, lines, stage)];
  const found = cureOf(cure);
  const { it, does } = WORKS[stage];
  const change = variations.find(({ id }) => id === cure)?.change ?? cure;
  const origin = plan.origin === null ? null : redactor.text(plan.origin);
  const cured = finding('differential.cured', {
    layer: found.layer,
    title: `One change cures it: ${it} ${does} ${found.passes}`,
    explanation: `${found.why} Everything else was left as it is in the profile.`,
    evidence: [`The change: ${quoteText(redactor.text(change), 200)}`, ...lines],
    fixes: found.fixes({ ...plan, url: redactor.url(plan.url), origin }),
  });
  return cure === 'no-compression' ? [cured, incompatible(lines, stage)] : [cured];
}

type Lines = readonly (string | false)[];

function describe({ change, passed, outcome, durationMs }: Variation): string {
  return `${quoteText(change, 120)}: ${passed ? 'passed' : 'failed'} (${durationMs.toFixed(0)} ms)${outcome ? `: ${quoteText(outcome, 200)}` : ''}`;
}

function notCured({ variations, stopped }: Differential, lines: Lines, stage: Stage): Finding {
  const { it, make } = WORKS[stage];
  const count = variations.length === 1 ? 'The one change' : `None of the ${variations.length} single changes`;
  return finding('differential.not-cured', {
    title: `${count} tried ${variations.length === 1 ? 'does not make' : 'makes'} ${it} ${make}${stopped === null ? '' : ', and the run was stopped early'}`,
    explanation:
      'Each try was the failing one with a single thing changed. Where none of them passes, the fault is not in what the client asks for: look at the first finding, at the server and at what stands before it. Two faults at once look like this too.',
    evidence: lines,
  });
}

function incompatible(lines: Lines, stage: Stage): Finding {
  const { it, does } = WORKS[stage];
  const opened = stage === 'hold';
  return finding('compression.incompatible', {
    title: `Compression breaks ${it}: without permessage-deflate it ${does}`,
    explanation: opened
      ? 'The same connection breaks with compressed messages and holds without. The server, or a proxy before it, compresses in a way that cannot be undone (RFC 7692): a context that it did not keep, a window larger than agreed, or bytes changed on the way.'
      : 'The same request fails with the extension offered and passes without. The server, or a proxy before it, cannot stand the Sec-WebSocket-Extensions header or the parameters in it (RFC 7692), though refusing an offer is as easy as not answering it.',
    evidence: lines.slice(0, 8),
    fixes: [
      profileFix('Do without compression (profile)', { compression: false }),
      opened &&
        profileFix('Or ask for each message to be compressed by itself (profile)', {
          compression: { serverNoContextTakeover: true, clientNoContextTakeover: true },
        }),
      {
        title: 'Node (ws): no compression',
        language: 'javascript',
        snippet: 'new WebSocketServer({ server, perMessageDeflate: false });',
      },
      {
        title: 'nginx: do not pass the offer on',
        language: 'nginx',
        snippet: 'proxy_set_header Sec-WebSocket-Extensions "";',
      },
    ],
  });
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
    fixes: (plan) => [removeFix('"origin"'), ...allowOrigin(plan.origin ?? originOf(plan))],
  },
  'own-origin': {
    layer: 'application',
    passes: 'with the origin of the server itself',
    why: 'The server takes connections from its own pages only, as a protection against other web pages (cross-site WebSocket hijacking).',
    fixes: (plan) => [
      profileFix('Send that origin (profile)', { origin: originOf(plan) }),
      ...allowOrigin(plan.origin ?? 'https://app.example.com'),
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
  wss: {
    layer: 'tls',
    passes: 'over wss, with TLS',
    why: 'The port wants TLS, or something on the way spoils the upgrade when it can read it.',
    fixes: (plan) => [profileFix('Connect with TLS (profile)', { url: withScheme(plan.url, 'wss') })],
  },
};

function cureOf(id: string): Cure {
  if (Object.hasOwn(cures, id)) return cures[id]!;
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

function originOf({ url }: ProbePlan): string {
  const parsed = parseUrl(url);
  return parsed ? `${parsed.protocol === 'wss:' ? 'https' : 'http'}://${parsed.host}` : 'https://app.example.com';
}

function allowOrigin(origin: string): readonly Fix[] {
  const safe = /^[\w.:/[\]-]+$/.test(origin) ? origin : 'https://app.example.com';
  return [
    {
      title: 'Phoenix: allow the origin',
      language: 'elixir',
      snippet: `config :my_app, MyAppWeb.Endpoint, check_origin: ["${safe}"]`,
    },
    {
      title: 'Rails Action Cable: allow the origin',
      language: 'ruby',
      snippet: `config.action_cable.allowed_request_origins = ["${safe}"]`,
    },
  ];
}
