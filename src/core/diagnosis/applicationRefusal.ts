import type { Evidence } from '../base/evidence.js';
import { matchMessage } from '../payload/match.js';
import { readReason, type ReasonMeaning } from '../close/reasonText.js';
import { errorWords } from './errorEnvelope.js';
import { binaryRefusal } from './binaryRefusal.js';
import { textInBinary } from './binaryText.js';

/** What an application said instead of taking the client in, after a handshake that was right. */
export interface ApplicationRefusal {
  /** Whether it is about who the client is, or about anything else. */
  readonly id: 'message.auth-refused' | 'message.error';
  /** In whose protocol: a dialect, or "the application". */
  readonly dialect: string;
  readonly words: string;
  /** The profile waited for exactly this. */
  readonly wanted: boolean;
  /** Of a binary protocol, as hex, or the text in it; not yet safe to show. */
  readonly frame?: string;
  /** What the words complain of; null where they say nothing that is known. */
  readonly told: ReasonMeaning | null;
}

type Refusal = Omit<ApplicationRefusal, 'id' | 'wanted' | 'told'>;
type Json = { readonly [key: string]: unknown };
type Reader = (text: string, json: unknown) => Refusal | null;

/** The refusal in the messages of a run; null where there is none. */
export function applicationRefusal(evidence: Evidence): ApplicationRefusal | null {
  const texts = evidence.messages.length;
  for (const [index, text] of [...evidence.messages, ...textInBinary(evidence.report.frames)].entries()) {
    const refusal = isEcho(evidence, text) ? null : refusalIn(text);
    const shown = index < texts ? {} : { frame: text };
    if (refusal) return judged({ ...refusal, ...shown }, isWanted(evidence, text));
  }
  const { dialect = null, frames } = evidence.report;
  const refusal = binaryRefusal(dialect, frames);
  return refusal && judged(refusal, isHeard(evidence));
}

/** Our own words, sent back, complain of nothing. */
function isEcho({ plan }: Evidence, text: string): boolean {
  const send = plan.message?.send;
  if (send === undefined) return false;
  return text === send || JSON.stringify(send).includes(JSON.stringify(text)) || isSameJson(send, text);
}

function isSameJson(send: unknown, text: string): boolean {
  const json = record(send)?.['json'];
  return json !== undefined && JSON.stringify(json) === JSON.stringify(parse(text));
}

function judged(refusal: Refusal, wanted: boolean): ApplicationRefusal {
  const told = readReason(refusal.words);
  const isError = ANSWERS.has(refusal.dialect) && told?.class !== 'auth' && !refusal.words.startsWith('SecurityError');
  return { ...refusal, id: isError ? 'message.error' : 'message.auth-refused', told, wanted };
}

/** Those whose errors answer a message, whatever that asked for; all others turn the client away. */
const ANSWERS: ReadonlySet<string> = new Set(['the application', 'graphql-transport-ws', 'ocpp']);

/** The run cannot be called healthy: the application refused, and nobody wanted it to. */
export function isRefusedByApplication(evidence: Evidence): ApplicationRefusal | null {
  if (evidence.session !== null) return null;
  const refusal = applicationRefusal(evidence);
  return refusal && !refusal.wanted && !isMisunderstood(refusal) ? refusal : null;
}

/** A server that does not understand the message it was sent is well: the message is wrong, not the server. */
export function isMisunderstood({ dialect, told }: ApplicationRefusal): boolean {
  return ANSWERS.has(dialect) && told?.kind === 'format';
}

/** A conversation that listened, and heard all that it wanted to, was not refused: the profile is the judge of what it says. */
function isHeard({ report: { steps } }: Evidence): boolean {
  return steps.every(({ status }) => status === 'ok') && steps.some(({ kind }) => LISTENS.has(kind));
}

const LISTENS: ReadonlySet<string> = new Set(['expect', 'expectAll', 'expectCount', 'expectClose']);

function isWanted(evidence: Evidence, text: string): boolean {
  const { plan, report } = evidence;
  if (isHeard(evidence)) return true;
  if (report.close && plan.expect.closeCode?.includes(report.close.code)) return true;
  const expect = plan.message?.expect;
  if (expect === undefined || typeof expect === 'string') return false;
  return matchMessage(expect, { binary: false, bytes: Buffer.from(text, 'utf8') }).matched;
}

function record(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
}

/** `4009: Connection not authorized`, or as much of it as there is. */
function words(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return words(value[0]);
  const json = record(value);
  const inner = json?.['message'] ?? json?.['reason'] ?? json?.['error'] ?? json?.['data'];
  if (Array.isArray(json?.['errors']) && json['errors'].length > 0) return words(json['errors']);
  if (typeof inner === 'string') {
    const code = json?.['code'];
    return typeof code === 'number' ? `${code}: ${inner}` : inner;
  }
  return value === undefined || value === null ? '' : JSON.stringify(value).slice(0, 300);
}

const typed =
  (dialect: string, type: string, key: string): Reader =>
  (_, json) => {
    const message = record(json);
    return message?.['type'] === type ? { dialect, words: words(message[key]) || type } : null;
  };

/** An empty or illegible refusal is a refusal all the same. */
function phoenix(event: unknown, payload: unknown): Refusal | null {
  const reply = record(payload);
  if (event !== 'phx_reply' || reply?.['status'] !== 'error') return null;
  return { dialect: 'phoenix', words: words(reply['response']) || 'join refused' };
}

const readers: readonly Reader[] = [
  typed('graphql-ws', 'connection_error', 'payload'),
  typed('home-assistant', 'auth_invalid', 'message'),
  typed('action-cable', 'reject_subscription', 'identifier'),
  (_, json) => {
    // An operation of GraphQL that ends in errors: {"id":"1","type":"error","payload":[{"message":…}]}.
    const message = record(json);
    const payload = message?.['type'] === 'error' && typeof message['id'] === 'string' ? message['payload'] : null;
    const isOfGraphql = Array.isArray(payload) || typeof record(payload)?.['message'] === 'string';
    return isOfGraphql ? { dialect: 'graphql-transport-ws', words: words(payload) || 'error' } : null;
  },
  (_, json) => {
    const message = record(json);
    const reason = message?.['type'] === 'disconnect' ? message['reason'] : null;
    return reason === 'unauthorized' || reason === 'invalid_request'
      ? { dialect: 'action-cable', words: reason }
      : null;
  },
  (text) => {
    const match = /^44(?:\/[^,]{0,200},)?(\{.*|".*)$/s.exec(text);
    return match ? { dialect: 'socket.io', words: words(parse(match[1] ?? '')) || 'connect_error' } : null;
  },
  (text) => {
    if (!text.endsWith('\u001e')) return null;
    for (const part of text.split('\u001e', 8)) {
      const message = record(parse(part));
      if (message !== null && typeof message['error'] === 'string' && (message['type'] ?? 7) === 7)
        return { dialect: 'signalr', words: words(message['error']) };
    }
    return null;
  },
  (_, json) => {
    if (!Array.isArray(json)) return null;
    const [first, second, third, fourth, fifth] = json as unknown[];
    if (first === 3 && json.length === 3 && record(second) && typeof third === 'string') {
      const said = record(second)?.['message'];
      return { dialect: 'wamp', words: typeof said === 'string' ? `${third}: ${said}` : third };
    }
    // CALLERROR of OCPP-J: [4, id, code, description, details].
    if (first === 4 && json.length === 5 && typeof third === 'string' && typeof fourth === 'string')
      return { dialect: 'ocpp', words: fourth === '' ? third : `${third}: ${fourth}` };
    return phoenix(fourth, fifth);
  },
  (_, json) => phoenix(record(json)?.['event'], record(json)?.['payload']),
  (_, json) => {
    const message = record(json);
    const event = message?.['event'];
    if (event !== 'pusher:error' && event !== 'pusher:subscription_error') return null;
    const data = typeof message?.['data'] === 'string' ? parse(message['data']) : message?.['data'];
    return { dialect: 'pusher', words: words(data) || event };
  },
  (_, json) => {
    const error = record(record(json)?.['error']);
    const refused = [101, 103, 109, 110].includes(Number(error?.['code'])) && record(json)?.['id'] !== undefined;
    return refused ? { dialect: 'centrifugo', words: words(error) } : null;
  },
  (_, json) => {
    const message = record(json);
    const error = record(message?.['error']);
    const refused = message?.['action'] === 9 && /^40[0-9]{3}$/.test(String(error?.['code']));
    return refused ? { dialect: 'ably', words: words(error) } : null;
  },
  (text) => {
    if (!/^ERROR\r?\n/.test(text)) return null;
    const title = /^message:(.*)$/m.exec(text)?.[1]?.trim() ?? '';
    const body = (/\r?\n\r?\n([^\0]{0,300})/.exec(text)?.[1] ?? '').trim();
    const said = [title, body].filter((part) => part !== '').join(': ') || 'ERROR';
    // STOMP 1.2 writes a colon as \c; exceptions of Java say why at their end.
    const why = said.replaceAll('\\c', ':').split(/nested exception is (?:[\w.$]+: ?)?/);
    return { dialect: 'stomp', words: why.at(-1)?.trim() || said };
  },
  (text) => {
    const match = /^-ERR '([^']*)'/.exec(text);
    return match && /authori[sz]ation|authentication|permission/i.test(match[1] ?? '')
      ? { dialect: 'nats', words: match[1] ?? '' }
      : null;
  },
  // IRC over WebSocket, as Twitch speaks it: a NOTICE to nobody yet, before any login.
  (text) => {
    const said = /^(?:@\S{1,500} )?:\S{1,200} NOTICE \* :([^\r\n]{1,200})/.exec(text)?.[1];
    return said !== undefined && /fail|improper|unsuccessful/i.test(said) ? { dialect: 'irc', words: said } : null;
  },
  // SASL of XMPP (RFC 6120 6.5), and the error of a stream.
  (text) => {
    const [, kind = '', rest = ''] = /^<(failure|stream:error)\b([^]{0,2000})/.exec(text) ?? [];
    const condition = /<([a-z-]{3,60})(?:\s+xmlns=["'][^"']{1,100}["'])?\s*\/>/.exec(rest)?.[1];
    return kind !== '' && condition !== undefined ? { dialect: 'xmpp', words: condition } : null;
  },
  // DDP of Meteor: "failed", with the version that the server would speak.
  (_, json) => {
    const message = record(json);
    const version = message?.['msg'] === 'failed' ? message['version'] : null;
    return typeof version === 'string'
      ? { dialect: 'ddp', words: `failed: the server wants version ${version} of DDP` }
      : null;
  },
  // The control messages of Firebase: shutdown and error.
  (_, json) => {
    const control = record(json)?.['t'] === 'c' ? record(record(json)?.['d']) : null;
    const said = control?.['d'];
    return (control?.['t'] === 's' || control?.['t'] === 'e') && typeof said === 'string'
      ? { dialect: 'firebase', words: said }
      : null;
  },
  // What webpack-dev-server says to a Host or an Origin that is not in allowedHosts.
  (_, json) => {
    const message = record(json);
    const refused = message?.['type'] === 'error' && message['data'] === 'Invalid Host/Origin header';
    return refused ? { dialect: 'webpack-dev-server', words: 'Invalid Host/Origin header' } : null;
  },
  // What API Gateway of AWS says itself, whatever the integrations speak.
  (_, json) => {
    const message = record(json);
    const said = message?.['message'];
    const own = typeof said === 'string' && typeof message?.['connectionId'] === 'string' && message['requestId'];
    return own && /^(Forbidden|Internal server error)$/i.test(said)
      ? { dialect: 'aws-api-gateway', words: said }
      : null;
  },
  (text, json) => {
    const said = errorWords(text, json);
    return said === null ? null : { dialect: 'the application', words: said };
  },
];

function refusalIn(text: string): Refusal | null {
  const json = /^\s*[{[]/.test(text) ? parse(text) : null;
  for (const read of readers) {
    const refusal = read(text, json);
    if (refusal) return refusal;
  }
  return null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
