import type { FrameRecord } from '../../base/model.js';
import { quoteText } from '../../base/plainText.js';
import { messageWords } from '../serverWords.js';
import type { Rule } from '../../base/evidence.js';
import { hexOf } from '../facts.js';
import { finding } from '../finding.js';
import { profileFix, tokenFix } from '../snippets/profile.js';
import { textFix } from '../snippets/shell.js';

type Json = { readonly [key: string]: unknown };

interface Refusal {
  readonly dialect: string;
  readonly words: string;
  /** Of a binary protocol, as hex. */
  readonly frame?: string;
}

type Reader = (text: string, json: unknown) => Refusal | null;

const authWords =
  /unauthori[sz]ed|not authori[sz]ed|unauthenticated|not authenticated|forbidden|access denied|permission denied|invalid (api[ _-]?key|token|credential)|(token|jwt|session) (has )?(expired|invalid)|authentication (failed|required|error)|auth(entication)?_(failed|required|error)/i;

function record(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
}

function words(value: unknown): string {
  if (typeof value === 'string') return value;
  const json = record(value);
  const inner = json?.['message'] ?? json?.['reason'] ?? json?.['error'];
  return typeof inner === 'string'
    ? inner
    : value === undefined || value === null
      ? ''
      : JSON.stringify(value).slice(0, 300);
}

const typed =
  (dialect: string, type: string, key: string): Reader =>
  (_, json) => {
    const message = record(json);
    return message?.['type'] === type ? { dialect, words: words(message[key]) || type } : null;
  };

const readers: readonly Reader[] = [
  typed('graphql-ws', 'connection_error', 'payload'),
  typed('home-assistant', 'auth_invalid', 'message'),
  typed('action-cable', 'reject_subscription', 'identifier'),
  (_, json) => {
    const message = record(json);
    const unauthorized = message?.['type'] === 'disconnect' && message['reason'] === 'unauthorized';
    return unauthorized ? { dialect: 'action-cable', words: 'unauthorized' } : null;
  },
  (text) => {
    const match = /^44(?:\/[^,]{0,200},)?(\{.*|".*)$/s.exec(text);
    return match ? { dialect: 'socket.io', words: words(parse(match[1] ?? '')) || 'connect_error' } : null;
  },
  (text) => {
    if (!text.endsWith('\u001e')) return null;
    const message = record(parse(text.split('\u001e', 1)[0] ?? ''));
    const refused = message !== null && typeof message['error'] === 'string' && (message['type'] ?? 7) === 7;
    return refused ? { dialect: 'signalr', words: words(message['error']) } : null;
  },
  (_, json) => {
    if (!Array.isArray(json)) return null;
    const [, , third, event, payload] = json as unknown[];
    if (json[0] === 3 && typeof third === 'string') return { dialect: 'wamp', words: third };
    const reply = record(payload);
    const refused = event === 'phx_reply' && reply?.['status'] === 'error';
    return refused ? { dialect: 'phoenix', words: words(reply['response']) || 'join refused' } : null;
  },
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
  (text) =>
    text.startsWith('ERROR\n') ? { dialect: 'stomp', words: /^message:(.*)$/m.exec(text)?.[1] ?? 'ERROR' } : null,
  (text) => {
    const match = /^-ERR '([^']*)'/.exec(text);
    return match && /authori[sz]ation|authentication|permission/i.test(match[1] ?? '')
      ? { dialect: 'nats', words: match[1] ?? '' }
      : null;
  },
  (text, json) => {
    const message = record(json);
    if (!message) return null;
    const isError = message['error'] !== undefined || /err|unauth|forbid|auth.?fail/i.test(words(message['type']));
    const match = isError ? authWords.exec(text) : null;
    return match ? { dialect: 'the application', words: messageWords(text) ?? match[0] } : null;
  },
];

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** MQTT CONNACK with a return code other than 0 (3.1.1: 3.2.2.3, 5: 3.2.2.2), in a binary frame. */
function mqttRefusal(frames: readonly FrameRecord[]): Refusal | null {
  for (const { direction, opcode, base64 } of frames) {
    if (direction !== 'received' || opcode !== 2 || base64 === undefined) continue;
    const bytes = Buffer.from(base64.slice(0, 64), 'base64');
    const code = bytes[3] ?? 0;
    if (bytes[0] === 0x20 && code !== 0) {
      const known = mqttCodes[code] ?? 'refused';
      return {
        dialect: 'mqtt',
        words: `CONNACK 0x${code.toString(16).padStart(2, '0')}: ${known}`,
        frame: hexOf(bytes),
      };
    }
  }
  return null;
}

const mqttCodes: Readonly<Record<number, string>> = {
  1: 'unacceptable protocol version',
  2: 'client identifier rejected',
  3: 'server unavailable',
  4: 'bad user name or password',
  5: 'not authorized',
  0x84: 'unsupported protocol version',
  0x85: 'client identifier not valid',
  0x86: 'bad user name or password',
  0x87: 'not authorized',
  0x88: 'server unavailable',
  0x89: 'server busy',
  0x8a: 'banned',
  0x8c: 'bad authentication method',
  0x9f: 'connection rate exceeded',
};

/** The server let the connection open and then refused in a message of its protocol. */
export const authRefused: Rule = {
  ids: ['message.auth-refused'],
  diagnose: (evidence) => {
    const refusal =
      firstRefusal(evidence.messages) ??
      (evidence.report.dialect === 'mqtt' ? mqttRefusal(evidence.report.frames) : null);
    if (!refusal) return null;
    const said = quoteText(refusal.words, 120);
    return finding('message.auth-refused', {
      severity: evidence.failure === null ? 'warning' : 'error',
      title: `The connection opened, but the server refused the client in a message: ${said}`,
      explanation: `The handshake is fine; ${refusal.dialect} checks credentials in its own messages after it. The token in the first message is missing, wrong or expired, or what was asked for is not allowed.`,
      evidence: [
        refusal.frame !== undefined && `Frame received: ${refusal.frame}`,
        ...evidence.messages.slice(0, 4).map((text, index) => `Message ${index + 1}: ${quoteText(text, 300)}`),
      ],
      fixes: [fixFor(refusal.dialect), tokenFix],
    });
  },
};

function firstRefusal(messages: readonly string[]): Refusal | null {
  for (const text of messages) {
    const json = /^\s*[{[]/.test(text) ? parse(text) : null;
    for (const read of readers) {
      const refusal = read(text, json);
      if (refusal) return refusal;
    }
  }
  return null;
}

function fixFor(dialect: string) {
  const title = `Send credentials as ${dialect} expects them (profile)`;
  switch (dialect) {
    case 'graphql-ws':
    case 'graphql-transport-ws':
      return profileFix(title, {
        message: {
          send: { json: { type: 'connection_init', payload: { Authorization: 'Bearer ${secret:token}' } } },
          expect: 'any',
        },
      });
    case 'home-assistant':
      return profileFix(title, {
        message: { send: { json: { type: 'auth', access_token: '${secret:token}' } }, expect: 'any' },
      });
    case 'socket.io':
      return profileFix(title, { message: { send: '40{"token":"${secret:token}"}', expect: 'any' } });
    case 'mqtt':
      return textFix(
        'Send credentials as MQTT expects them',
        'The user name and password belong into the CONNECT packet (MQTT 3.1.1, 3.1.3), not into headers. Mosquitto: password_file, or allow_anonymous true.',
      );
    case 'centrifugo':
      return profileFix(title, {
        message: { send: { json: { id: 1, connect: { token: '${secret:token}' } } }, expect: 'any' },
      });
    default:
      return profileFix(title, { message: { send: { json: { token: '${secret:token}' } }, expect: 'any' } });
  }
}
