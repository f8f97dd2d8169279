import type { Evidence, Rule } from '../../base/evidence.js';
import type { Fix } from '../../base/model.js';
import { quoteText } from '../../base/plainText.js';
import type { OAuth2 } from '../../base/plan.js';
import { parseUrl } from '../../base/url.js';
import { formatMs } from '../facts.js';
import { finding } from '../finding.js';
import { profileFix } from '../snippets/profile.js';
import { shellFix, textFix } from '../snippets/shell.js';

interface Case {
  readonly title: (auth: OAuth2, evidence: Evidence) => string;
  readonly explanation: string | ((evidence: Evidence) => string);
  readonly fixes: (auth: OAuth2, evidence: Evidence) => readonly (Fix | null)[];
}

const CASES = {
  'credentials.insecure': {
    title: ({ tokenUrl }) => `The token endpoint ${quoteText(tokenUrl, 120)} is not https, so it was not asked`,
    explanation:
      'The client secret and the token would go over the network for everybody on the way to read. Over http only an endpoint on this machine is asked.',
    fixes: (auth) => [
      profileFix('Ask it over TLS (profile)', withUrl(auth, auth.tokenUrl.replace(/^http:/i, 'https:'))),
    ],
  },
  'credentials.unreachable': {
    title: ({ tokenUrl }) =>
      `The token endpoint ${quoteText(tokenUrl, 120)} cannot be reached, so the server was not asked`,
    explanation:
      'The token is fetched before the upgrade, by the proxy and with the authorities of the profile. That connection did not come about, or ended without an answer. The server of the WebSocket may be well.',
    fixes: (auth) => [whichEndpoint(auth), asked(auth)],
  },
  'credentials.timeout': {
    title: ({ tokenUrl }) => `The token endpoint ${quoteText(tokenUrl, 120)} gave no whole answer in time`,
    explanation:
      'It was asked for a token before the upgrade and let the deadline of the profile pass. It is overloaded, waits for something behind it, or a firewall swallows the request. The server of the WebSocket was not asked.',
    fixes: (auth, { plan }) => [
      asked(auth),
      profileFix('Wait longer (profile)', {
        timeouts: {
          connectMs: Math.max(30_000, plan.timeouts.connectMs * 2),
          upgradeMs: Math.max(30_000, plan.timeouts.upgradeMs * 2),
        },
      }),
    ],
  },
  'credentials.redirected': {
    title: ({ tokenUrl }) =>
      `The token endpoint ${quoteText(tokenUrl, 120)} redirects, and a client secret follows nobody`,
    explanation:
      'A token endpoint answers itself (RFC 6749 3.2). One that redirects has moved, wants https, or is a page where people sign in. Nothing was sent to where it leads.',
    fixes: (auth, { failure }) => [movedTo(auth, failure?.message ?? ''), whichEndpoint(auth)],
  },
  'credentials.invalid-answer': {
    title: ({ tokenUrl }) => `What ${quoteText(tokenUrl, 120)} answered is no token`,
    explanation:
      'A token endpoint answers in JSON with access_token and token_type Bearer (RFC 6749 5.1). This is the address of something else (a sign-in page, the authorization endpoint, a proxy between), or it gives tokens that are sent in another way.',
    fixes: (auth) => [whichEndpoint(auth), asked(auth)],
  },
  'credentials.refused': {
    title: ({ tokenUrl }, evidence) => {
      const { failure, report } = evidence;
      const error = failure ? errorOf(failure.message) : null;
      const said = unlikeRefusal(evidence)?.title(quoteText(tokenUrl, 120));
      return `${said ?? 'The token endpoint refused the client'}: ${error ?? report.credentials?.status ?? 'no status'}`;
    },
    explanation: (evidence) =>
      unlikeRefusal(evidence)?.explanation ??
      'The authorization server knows neither this client with this secret, nor what it asked for. The words of its answer say which of the two; its log says more. The server of the WebSocket was not asked.',
    fixes: (auth, evidence) =>
      unlikeRefusal(evidence)?.fixes(auth) ?? refusalFixes(auth, errorOf(evidence.failure?.message ?? '')),
  },
  'credentials.expired': {
    title: () => 'The token endpoint gave a token that had expired when it came',
    explanation:
      'By expires_in, or by the iat and exp of the token itself, it lives no second: no clock of this machine has a part in that. The authorization server hands out a token from a cache of its own, or computes the end wrongly.',
    fixes: (auth) => [
      textFix(
        'On the authorization server',
        'Give access tokens of this client a lifetime of some minutes, and let none come from a cache that is older than that.',
      ),
      asked(auth),
    ],
  },
} satisfies Readonly<Record<string, Case>>;

interface Unlike {
  readonly status: (status: number) => boolean;
  readonly title: (endpoint: string) => string;
  readonly explanation: string;
  readonly fixes: (auth: OAuth2) => readonly (Fix | null)[];
}

/** Statuses that say nothing about the client, where no error of OAuth (RFC 6749 5.2) stands beside them. */
const UNLIKE_REFUSALS: readonly Unlike[] = [
  {
    status: (status) => [404, 405, 410, 501].includes(status),
    title: (endpoint) => `There is no token endpoint at ${endpoint}`,
    explanation:
      'Something answered there, and it gives no tokens: the path is another one, or the host is not that of the authorization server. The server of the WebSocket was not asked.',
    fixes: (auth) => [whichEndpoint(auth), asked(auth)],
  },
  {
    status: (status) => status === 429,
    title: (endpoint) => `The token endpoint ${endpoint} is asked too often`,
    explanation:
      'It counts requests, of this client or of this address, and gives no token for a while. A token is kept for as long as it lives: many processes, each for a short time, ask for many. The server of the WebSocket was not asked.',
    fixes: (auth) => [asked(auth)],
  },
  {
    status: (status) => status >= 500,
    title: (endpoint) => `The token endpoint ${endpoint} failed`,
    explanation:
      'The authorization server, or a proxy before it, could not do what it was asked: that is no word about this client and its secret. The server of the WebSocket was not asked.',
    fixes: (auth) => [asked(auth)],
  },
];

function unlikeRefusal({ failure, report }: Evidence): Unlike | null {
  const status = report.credentials?.status ?? 0;
  if (failure && errorOf(failure.message) !== null) return null;
  return UNLIKE_REFUSALS.find((each) => each.status(status)) ?? null;
}

/** No token, so no connection: the failure's code is the finding's id. */
export const credentials: Rule = {
  ids: Object.keys(CASES),
  diagnose: (evidence) => {
    const { failure, plan, report } = evidence;
    if (failure?.kind !== 'credentials' || plan.auth?.type !== 'oauth2' || !isCase(failure.code)) return null;
    const { explanation, fixes, title } = CASES[failure.code] as Case;
    const row = report.credentials;
    return finding(failure.code, {
      title: title(plan.auth, evidence),
      explanation: typeof explanation === 'string' ? explanation : explanation(evidence),
      evidence: [
        quoteText(failure.message, 400),
        row && `${row.tokenUrl}: ${row.status ?? 'no answer'} after ${formatMs(row.durationMs)}`,
      ],
      fixes: fixes(plan.auth, evidence),
    });
  },
};

function isCase(code: string | null): code is keyof typeof CASES {
  return code !== null && Object.hasOwn(CASES, code);
}

/** What fixes write is redacted already: the secret goes by its name. */
function withUrl({ clientId, scope }: OAuth2, tokenUrl: string) {
  const secret = { clientSecret: '${secret:client-secret}' };
  return { auth: { type: 'oauth2', tokenUrl, clientId, ...secret, ...(scope === undefined ? {} : { scope }) } };
}

function asked({ tokenUrl, clientId }: OAuth2): Fix {
  const form = 'grant_type=client_credentials';
  return shellFix('Ask it by hand (asks for the secret)', [
    'curl',
    '-i',
    '--max-time',
    '10',
    '-u',
    clientId,
    '-d',
    form,
    tokenUrl,
  ]);
}

function whichEndpoint({ tokenUrl }: OAuth2): Fix | null {
  const url = parseUrl(tokenUrl);
  if (!url) return null;
  return shellFix('Which address is the token endpoint? ("token_endpoint" in the answer)', [
    'curl',
    '-s',
    `${url.origin}/.well-known/openid-configuration`,
  ]);
}

function movedTo(auth: OAuth2, message: string): Fix | null {
  const location = /, to "?([^\s"]+?)"?\.$/.exec(message)?.[1];
  const target = location === undefined ? null : parseUrl(location, auth.tokenUrl);
  return target?.protocol === 'https:'
    ? profileFix('Ask there, if you trust it with the secret (profile)', withUrl(auth, target.href))
    : null;
}

function errorOf(message: string): string | null {
  return /: \d{3}[^,]*, ([\w-]{1,80})(?: \(|\.)/.exec(message)?.[1] ?? null;
}

function refusalFixes(auth: OAuth2, error: string | null): readonly (Fix | null)[] {
  const secretFix = textFix(
    'Name the client and its secret as the authorization server has them',
    'In the editor: "WebSocket: Set Secret…"',
    'On the command line: --secret client-secret=… or the variable WSPROBE_SECRET_CLIENT_SECRET',
  );
  if (error === 'invalid_scope') {
    const { scope: _, ...rest } = withUrl(auth, auth.tokenUrl).auth;
    return [
      auth.scope === undefined
        ? profileFix('Ask for a scope it has (profile)', { auth: { ...rest, scope: 'api' } })
        : profileFix('Ask without a scope (profile)', { auth: rest }),
    ];
  }
  if (error === 'unauthorized_client' || error === 'unsupported_grant_type') {
    return [
      textFix(
        'On the authorization server',
        `Allow the grant client_credentials to the client ${quoteText(auth.clientId, 80)}.`,
      ),
    ];
  }
  return [secretFix, asked(auth)];
}
