import type { Finding, Fix } from '../../base/model.js';
import { quoteText } from '../../base/plainText.js';
import type { Evidence, Rule } from '../../base/evidence.js';
import { failedIn, phaseTime } from '../facts.js';
import { finding } from '../finding.js';
import { profileFix } from '../snippets/profile.js';
import { logFix, labFix, textFix } from '../snippets/shell.js';

interface Opening {
  readonly send: unknown;
  readonly expect: unknown;
}

/** A first message with which a healthy server of the dialect must answer. */
const openings: Readonly<Record<string, Opening>> = {
  'graphql-transport-ws': {
    send: { json: { type: 'connection_init' } },
    expect: { jsonPath: '$.type', equals: 'connection_ack' },
  },
  'graphql-ws': {
    send: { json: { type: 'connection_init' } },
    expect: { jsonPath: '$.type', equals: 'connection_ack' },
  },
  phoenix: { send: { json: [null, '1', 'phoenix', 'heartbeat', {}] }, expect: { contains: 'phx_reply' } },
  'socket.io': { send: '40', expect: { contains: '40' } },
  pusher: { send: { json: { event: 'pusher:ping', data: {} } }, expect: { contains: 'pusher:pong' } },
  signalr: { send: '{"protocol":"json","version":1}\u001e', expect: { contains: '{}' } },
  wamp: { send: { json: [1, 'realm1', { roles: { caller: {} } }] }, expect: { jsonPath: '$[0]', equals: 2 } },
  ocpp: { send: { json: [2, '${uuid}', 'Heartbeat', {}] }, expect: { jsonPath: '$[0]', equals: 3 } },
  centrifugo: { send: { json: { id: 1, connect: {} } }, expect: { jsonPath: '$.connect', exists: true } },
  mqtt: { send: { mqtt: { cmd: 'connect', clientId: 'wsprobe' } }, expect: 'any' },
  stomp: {
    send: 'CONNECT\naccept-version:1.2\nhost:localhost\nheart-beat:0,0\n\n\u0000',
    expect: { contains: 'CONNECTED' },
  },
};

/** What a client of the dialect says first; undefined where none is known. */
export const openingOf = (dialect: string): Opening | undefined => openings[dialect];

const generic: readonly Fix[] = [
  profileFix('Any frame will do (profile)', { message: { expect: 'any' } }),
  profileFix('Wait longer (profile)', { timeouts: { messageMs: 15000 } }),
];

/** What must be offered: Mosquitto, for one, takes the connection without it and never answers (MQTT 5, 6.0). */
const tokens: Readonly<Record<string, string>> = {
  mqtt: 'mqtt',
  'graphql-transport-ws': 'graphql-transport-ws',
  stomp: 'v12.stomp',
  wamp: 'wamp.2.json',
  ocpp: 'ocpp1.6',
  xmpp: 'xmpp',
};

/** The token of a dialect that is spoken here, where none was offered. */
export function missingToken({ plan }: Evidence, dialect: string | null): string | undefined {
  return plan.subprotocols.length === 0 && dialect !== null ? tokens[dialect] : undefined;
}

/** Not a word came, and the server was not told what is spoken. */
const isUnchosen = ({ plan, messages }: Evidence) => plan.subprotocols.length === 0 && messages.length === 0;

/** Not a frame came back, not even for our Close, which any library answers. */
const isDeaf = ({ plan, stream, report }: Evidence) =>
  plan.message?.send !== undefined &&
  report.close?.initiator === 'client' &&
  !report.close.clean &&
  (stream.endedBy === null || stream.endedBy === 'client') &&
  !report.frames.some(({ direction }) => direction === 'received');

function deaf(evidence: Evidence): Finding {
  const { messageMs } = evidence.plan.timeouts;
  return finding('message.timeout', {
    layer: 'proxy',
    title: `The server accepted the connection, then nothing came back: no reply to the message within ${messageMs} ms, and no answer to our Close`,
    explanation:
      'Most libraries answer a Close, whatever the application does. Something in between lets the upgrade through and drops the frames after it (the HTTP router of uWSGI without "http-websockets", a proxy that knows no WebSockets), the process hangs, or nobody there took the WebSocket up (a Worker without accept()).',
    evidence: [
      'Frames received: 0',
      `Bytes received in all, the opening handshake included: ${evidence.stream.bytesReceived}`,
      phaseTime(evidence, 'message'),
    ],
    fixes: [
      textFix(
        'Which of them is it?',
        'Probe the server itself. Where that works, let what stands before it carry frames, not the upgrade alone (uWSGI: http-websockets = true); else look at the handler that takes the upgrade.',
      ),
      logFix(evidence),
    ],
  });
}

/** Open, but no reply: something drops frames, or the server waits for another message. */
export const messageTimeout: Rule = {
  ids: ['message.timeout'],
  diagnose: (evidence) => {
    const { plan, stream, messages } = evidence;
    const failure = failedIn(evidence, 'message', 'no-reply', 'timeout');
    if (evidence.session || !failure || failure.code === 'heartbeat.missed' || stream.ping?.answered === false)
      return null;
    const dialect = evidence.report.dialect ?? null;
    const opening = dialect === null ? undefined : openingOf(dialect);
    const unnamed = missingToken(evidence, dialect);
    if (unnamed === undefined && isDeaf(evidence)) return deaf(evidence);
    return finding('message.timeout', {
      title: `The connection opened, but ${plan.message?.send === undefined ? 'no message came' : 'the message got no reply'} within ${plan.timeouts.messageMs} ms`,
      explanation: `The handshake was right, and then nothing fitting came. Either the server waits for another first message${dialect === null ? '' : ` (this looks like ${dialect})`}, nothing at this path listens for messages (frameworks that open every path, as koa-websocket does, say nothing at one without a handler), or something in the path lets the handshake through and drops the frames after it.${isUnchosen(evidence) ? ' No subprotocol was offered: a server that chooses by it what it speaks may answer nothing without one.' : ''}`,
      evidence: [
        `Frames received: ${evidence.report.frames.filter(({ direction }) => direction === 'received').length}`,
        `Bytes received in all: ${stream.bytesReceived}`,
        messages[0] !== undefined && `First message received: ${quoteText(messages[0])}`,
        plan.message !== null && `Expected: ${quoteText(JSON.stringify(plan.message.expect), 160)}`,
        unnamed && `This looks like ${unnamed}, and no subprotocol was offered`,
        stream.pingsReceived > 0 && `Pings received: ${stream.pingsReceived}`,
        phaseTime(evidence, 'message'),
      ],
      fixes: [
        unnamed !== undefined && profileFix('Offer the subprotocol (profile)', { subprotocols: [unnamed] }),
        opening && profileFix(`Say what ${dialect} waits for (profile)`, { message: opening }),
        ...(messages.length > 0 ? generic : []),
        labFix(evidence),
      ],
    });
  },
};

/** A reply came, but not the one that was asked for. */
export const messageMismatch: Rule = {
  ids: ['message.mismatch'],
  diagnose: (evidence) => {
    const failure = failedIn(evidence, 'message', 'mismatch');
    if (!failure) return null;
    const { plan, messages } = evidence;
    const echo = plan.message?.expect === 'echo';
    return finding('message.mismatch', {
      title: echo
        ? 'The server replied, but did not send back what was sent'
        : 'The server replied, but the reply does not match what the profile expects',
      explanation: echo
        ? 'The profile expects an echo. A server that greets first, or that answers with a message of its own, is no echo: expect that message instead.'
        : 'The connection works and the server speaks; the content is another than expected. The first message may be a greeting that comes before the reply.',
      evidence: [
        quoteText(failure.message, 400),
        plan.message !== null && `Expected: ${echo ? 'an echo' : quoteText(JSON.stringify(plan.message.expect), 200)}`,
        ...messages.slice(0, 3).map((text, index) => `Message ${index + 1}: ${quoteText(text)}`),
      ],
      fixes: [
        profileFix('Accept any reply (profile)', { message: { expect: 'any' } }),
        profileFix('Expect words of the reply (profile)', { message: { expect: { contains: wordOf(messages) } } }),
      ],
    });
  },
};

function wordOf(messages: readonly string[]): string {
  return /[a-z_]{4,24}/i.exec(messages[0]?.slice(0, 400) ?? '')?.[0] ?? 'text';
}
