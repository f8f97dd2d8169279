import type { HeaderPair } from '../base/model.js';
import { challengesOf } from '../handshake/challenges.js';
import { answerDigest } from '../handshake/digest.js';
import type { Behaviour } from './behaviour.js';
import type { ClientFrame } from './frame.js';
import { openPeer, type Peer } from './peer.js';
import { respond } from './response.js';
import type { Visit } from './visit.js';

const TOKEN = 'playground';
const TOKEN_SUBPROTOCOL = 'token.playground';
const ORIGINS = ['http://localhost', 'https://app.example.com'];

/** Opens and echoes for a visit with the right credential, refuses every other. */
function guarded(path: string, summary: string, allows: (visit: Visit) => boolean, challenge: string): Behaviour {
  return {
    path,
    group: 'Authentication',
    summary,
    takes: 'websocket',
    run: (visit) => {
      if (allows(visit)) openPeer(visit);
      else refuse(visit, 401, 'Unauthorized', 'Missing or wrong credential.', challenge);
    },
  };
}

export const auth: readonly Behaviour[] = [
  guarded(
    '/auth/bearer',
    'Wants Authorization: Bearer playground.',
    (visit) => /^bearer playground$/i.test(visit.header('authorization') ?? ''),
    'Bearer realm="playground", error="invalid_token"',
  ),
  guarded(
    '/auth/basic',
    'Wants Basic credentials: user `user`, password `pass`.',
    (visit) => visit.header('authorization')?.replace(/^basic +/i, '') === Buffer.from('user:pass').toString('base64'),
    'Basic realm="playground", charset="UTF-8"',
  ),
  {
    path: '/auth/digest',
    group: 'Authentication',
    summary: 'Wants Digest credentials (SHA-256, or MD5): user `user`, password `pass`.',
    takes: 'websocket',
    run: digest,
  },
  guarded(
    '/auth/key',
    'Wants the key `playground` in the header X-Api-Key or the query parameter api_key.',
    (visit) => visit.header('x-api-key') === TOKEN || visit.request.query.get('api_key') === TOKEN,
    'ApiKey realm="playground"',
  ),
  {
    path: '/auth/subprotocol',
    group: 'Authentication',
    summary: `Wants the subprotocol ${TOKEN_SUBPROTOCOL} among those offered; selects the first other one, or it.`,
    takes: 'websocket',
    run: (visit) => {
      const others = visit.offered.filter((token) => token !== TOKEN_SUBPROTOCOL);
      if (others.length === visit.offered.length) {
        refuse(
          visit,
          401,
          'Unauthorized',
          `Offer the subprotocol ${TOKEN_SUBPROTOCOL}.`,
          'Subprotocol realm="playground"',
        );
      } else openPeer(visit, { changes: { subprotocol: [others[0] ?? TOKEN_SUBPROTOCOL] } });
    },
  },
  {
    path: '/auth/first-message',
    group: 'Authentication',
    summary:
      'Opens, wants {"type":"auth","token":"playground"} first, then echoes; closes 4401 on another, 4408 on none.',
    parameters: 'ms=5000',
    takes: 'websocket',
    run: firstMessage,
  },
  {
    path: '/origin',
    group: 'Authentication',
    summary: `Refuses with 403 every Origin but ${ORIGINS.join(' and ')}.`,
    takes: 'websocket',
    run: (visit) => {
      if (ORIGINS.includes(visit.header('origin') ?? '')) openPeer(visit);
      else refuse(visit, 403, 'Forbidden', 'Origin not allowed.', null);
    },
  },
];

/** The only one that is not stale. */
const NONCE = 'cGxheWdyb3VuZA';
const DIGEST_REALM = 'playground';

function digest(visit: Visit): void {
  const header: HeaderPair = ['www-authenticate', visit.header('authorization') ?? ''];
  const [answer] = challengesOf([header], 'www-authenticate');
  const given = (name: string) => answer?.parameters.get(name) ?? '';
  const algorithm = given('algorithm') || 'MD5';
  const challenge = { scheme: 'Digest', parameters: new Map([...challengeParameters, ['algorithm', algorithm]]) };
  const { target } = visit.request;
  const expected = answerDigest(challenge, {
    username: 'user',
    password: 'pass',
    method: 'GET',
    uri: target,
    count: Number.parseInt(given('nc'), 16) || 1,
    cnonce: given('cnonce'),
  });
  const isRight = expected !== null && expected.secrets[1] === given('response') && given('uri') === target;
  if (isRight && given('nonce') === NONCE) return void openPeer(visit);
  const stale = answer && given('nonce') !== NONCE ? ', stale=true' : '';
  const challenges = ['SHA-256', 'MD5'].map(
    (name) => `Digest realm="${DIGEST_REALM}", qop="auth", algorithm=${name}, nonce="${NONCE}"${stale}`,
  );
  refuse(visit, 401, 'Unauthorized', 'Missing or wrong credential.', ...challenges);
}

const challengeParameters = [
  ['realm', DIGEST_REALM],
  ['qop', 'auth'],
  ['nonce', NONCE],
] as const;

function refuse(
  visit: Visit,
  status: number,
  reason: string,
  message: string,
  ...challenges: readonly (string | null)[]
): void {
  respond(visit, {
    status,
    reason,
    headers: [
      ['Content-Type', 'application/json; charset=utf-8'],
      ...challenges.flatMap((challenge) => (challenge === null ? [] : [['WWW-Authenticate', challenge] as const])),
    ],
    body: JSON.stringify({ error: reason.toLowerCase(), message }),
  });
}

function firstMessage(visit: Visit): void {
  let admitted = false;
  const timer = visit.wire.after(visit.milliseconds('ms', 5_000), () => peer.close(4408, 'Authentication timeout'));
  const onData = (frame: ClientFrame, from: Peer): void => {
    if (admitted) {
      from.echo(frame);
      return;
    }
    visit.wire.cancel(timer);
    admitted = isAdmission(frame.payload.toString());
    if (admitted) from.sendJson({ type: 'auth_ok' });
    else {
      from.sendJson({ type: 'auth_invalid', message: 'Invalid token' });
      from.close(4401, 'Unauthorized');
    }
  };
  const peer = openPeer(visit, { onData });
}

function isAdmission(text: string): boolean {
  const message = parseObject(text);
  return message?.['type'] === 'auth' && message['token'] === TOKEN;
}

/** The object a JSON text holds; null when it holds something else or is no JSON. */
export function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
