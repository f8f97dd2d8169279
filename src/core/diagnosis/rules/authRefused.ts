import type { Fix } from '../../base/model.js';
import { quoteText } from '../../base/plainText.js';
import type { Evidence, Rule } from '../../base/evidence.js';
import type { ReasonMeaning } from '../../close/reasonText.js';
import { type ApplicationRefusal, applicationRefusal, isMisunderstood } from '../applicationRefusal.js';
import { parseUrl } from '../../base/url.js';
import { placeIn } from '../credentialPlace.js';
import { credentialsSent, headerOf, sentHeader } from '../facts.js';
import { finding } from '../finding.js';
import { lastWords } from '../serverWords.js';
import { profileFix } from '../snippets/profile.js';
import { textFix } from '../snippets/shell.js';
import { actionAfter } from '../toldAction.js';

/** The server let the connection open and then refused, or reported an error, in a message of its protocol. */
export const authRefused: Rule = {
  ids: ['message.auth-refused', 'message.error'],
  diagnose: (evidence) => {
    const refusal = applicationRefusal(evidence);
    if (!refusal || (refusal.id === 'message.error' && isToldByTheEnd(evidence))) return null;
    const { told, wanted } = refusal;
    const isError = refusal.id === 'message.error';
    const harmless = wanted || evidence.session !== null || isMisunderstood(refusal);
    return finding(refusal.id, {
      severity: evidence.failure === null && harmless ? 'warning' : 'error',
      title: titleOf(refusal, evidence),
      explanation: skipsInit(evidence, refusal) ? INIT_FIRST : explain(refusal),
      evidence: [
        refusal.frame !== undefined && `Frame received: ${quoteText(refusal.frame, 300)}`,
        wanted && 'The profile waits for this message',
        ...evidence.messages.slice(0, 4).map((text, index) => `Message ${index + 1}: ${quoteText(text, 300)}`),
      ],
      fixes: skipsInit(evidence, refusal)
        ? [initFix]
        : isError
          ? [told !== null && textFix('What to do', actionOf(refusal, told.action, evidence))]
          : fixesFor(refusal, evidence),
    });
  },
};

/** An answer of those that answer single messages is to one. */
const actionOf = ({ dialect }: ApplicationRefusal, action: string, evidence: Evidence) =>
  dialect === 'the application' ? actionAfter(evidence, action) : action;

const INIT_FIRST =
  'GraphQL over WebSocket begins with connection_init, with credentials where some are wanted; operations come after connection_ack.';

const initFix = profileFix('Initialise first (profile)', {
  message: { send: { json: { type: 'connection_init' } }, expect: 'any' },
});

/** The rule of how it ended says it with the end. */
function isToldByTheEnd(evidence: Evidence): boolean {
  return ['closed', 'end', 'reset'].includes(evidence.failure?.kind ?? '') && lastWords(evidence) !== null;
}

function titleOf(refusal: ApplicationRefusal, evidence: Evidence): string {
  const { dialect, words } = refusal;
  const said = quoteText(words, 160);
  if (skipsInit(evidence, refusal))
    return `The server (${dialect}) waits for connection_init, and another message was sent before it: ${said}`;
  if (lacksHandshake(evidence, refusal))
    return `SignalR waits for its handshake message, and none was sent: "${said.replace(/\.$/, '')}"`;
  if (refusal.id === 'message.error')
    return `The connection opened, and ${dialect === 'the application' ? dialect : `the server (${dialect})`} answered with an error: ${said}`;
  return `The connection opened, but ${dialect === 'the application' ? 'the application' : `the server (${dialect})`} refused the client in a message: ${said}`;
}

function explain(refusal: ApplicationRefusal): string {
  const { dialect, told, words } = refusal;
  const meaning = told?.meaning ?? '';
  if (refusal.id === 'message.error')
    return `The handshake is fine; the application speaks, and says in words of its own what is wrong. ${meaning || 'They are about what was asked of it, or about itself.'}`;
  if (dialect === 'the application')
    return `The handshake is fine; the application looked at the client after it and said no, in words of its own. ${meaning} What was sent as the first message, or in the request, does not satisfy it.`;
  if (dialect === 'webpack-dev-server')
    return 'It opens first and then looks at the Origin, or without one at the Host: names that are not in allowedHosts are turned away, so that no other page can read the sources.';
  if (dialect === 'ddp')
    return 'The handshake is fine; the first message of DDP names a version, and the server speaks another.';
  if (OF_SPRING.test(words))
    return 'The handshake is fine; the words are those of Spring where its own code threw at the message, and do not say why.';
  if (!isOther(refusal) && /^internal (server )?error/i.test(words))
    return `The handshake is fine; ${dialect} says in a message of its own that it failed while it answered.`;
  const why = isOther(refusal)
    ? meaning
    : isUnread(refusal)
      ? 'The words are those of the application that speaks it.'
      : (OF_PROTOCOL[words.replace(/^(42)\d\d: .*/s, '$1xx')] ??
        'The credentials in the first message are missing, wrong or expired, or what was asked for is not allowed or not there.');
  return `The handshake is fine; ${dialect} says yes or no in messages of its own after it. ${why}`;
}

/** Its errors have a type, where those of other servers have extensions. */
const OF_APPSYNC =
  'AppSync reads the query, and not this message: "header" is the base64 of JSON with "host" and the credentials ("x-api-key", or "Authorization" and what signs it). A second subprotocol, "header-…", may hold the same.';

/** Topics of LiveView begin so. */
const ofLiveView = ({ messages }: Evidence) => messages.some((text) => /"lv:[^"]{1,100}"/.test(text.slice(0, 400)));

/** Something was shown already, in the first message. */
function initialised({ plan: { message } }: Evidence): boolean {
  const send = JSON.stringify(message?.send ?? '').replaceAll('\\', '');
  return /"connection_init"/.test(send) && /"payload":\{"/.test(send);
}

function sentLogin({ plan: { message } }: Evidence): boolean {
  const send = message?.send ?? '';
  return /\b(passcode|authorization)\b/i.test(typeof send === 'string' ? send : JSON.stringify(send));
}

/** StompSubProtocolHandler, of whatever an interceptor or a decoder threw. */
const OF_SPRING = /^Failed to send message to ExecutorSubscribableChannel\[\w+\]$/;
const SPRING_THREW =
  'An interceptor of the inbound channel (preSend), Spring Security or a decoder threw: the log of the server has the exception. Where a token is looked at, that is mostly a header of the CONNECT frame, such as Authorization, not of the handshake.';

/** Words that speak of something else than who the client is, where the protocol has no words of its own for it. */
function isOther({ dialect, told, words }: ApplicationRefusal): boolean {
  if (told === null) return false;
  if (OPEN.has(dialect) && /namespace|\b(user|account|login)\b/i.test(words)) return false;
  if ((OWN_KINDS[dialect] ?? []).includes(told.kind) || OWN_WORDS[dialect]?.test(words)) return false;
  return dialect in OWN_KINDS && (told.class !== 'auth' || told.kind === 'origin');
}

/** Words of the application that nobody here can read: they need not be about credentials. */
const isUnread = ({ dialect, told, words }: ApplicationRefusal) =>
  told === null && dialect in OWN_KINDS && !OWN_WORDS[dialect]?.test(words);

/** Protocols whose refusals carry whatever the application says. */
const OPEN: ReadonlySet<string> = new Set(['socket.io', 'stomp', 'graphql-ws', 'centrifugo', 'phoenix']);

/** What protocols that say names and limits in words explain better themselves than the words do. */
const OWN_KINDS: Readonly<Record<string, readonly ReasonMeaning['kind'][]>> = {
  'socket.io': [],
  stomp: [],
  'graphql-ws': [],
  centrifugo: [],
  phoenix: [],
  pusher: ['not-found', 'banned'],
  ably: ['not-found'],
  wamp: ['not-found'],
  signalr: [],
};

/** Words of the protocol itself, which the row of its fixes is about. */
const OWN_WORDS: Readonly<Record<string, RegExp | undefined>> = {
  'socket.io': /^connect_error$|namespace/i,
  stomp: /^ERROR$|^Bad CONNECT|^Failed to send message to ExecutorSubscribableChannel/i,
  centrifugo: /^1\d\d\b/,
  phoenix: /^(unmatched topic|join crashed|join refused|stale)$/i,
  pusher: /^(4001|4003|4009)\b(?!.*\borigin)|^pusher:subscription_error|^42\d\d: (?!.*(format|json|invalid))/i,
  ably: /^40[13]\d\d\b/,
  wamp: /not_?auth|no_auth|no_such_(realm|role|principal)|authenticat|authori[sz]/i,
  signalr: /protocol|handshake|^Connection closed with an error\.?$/i,
};

/** SignalR ends the wait for a first message so, after 15 s unless set otherwise. */
function lacksHandshake({ plan }: Evidence, { dialect, words }: ApplicationRefusal): boolean {
  return dialect === 'signalr' && /^Handshake was canceled/i.test(words) && plan.message?.send === undefined;
}

/** In both protocols of GraphQL an operation comes after connection_ack. */
function skipsInit({ plan: { message } }: Evidence, { dialect }: ApplicationRefusal): boolean {
  const sent = /"type":"(subscribe|start)"/.test(JSON.stringify(message?.send ?? '').replaceAll('\\', ''));
  return sent && dialect.startsWith('graphql-');
}

/** An Origin is looked at where one was sent, and else the Host. */
function nameRefused(evidence: Evidence): string {
  const origin = parseUrl(sentHeader(evidence, 'origin') ?? '')?.hostname;
  return origin ?? (sentHeader(evidence, 'host') ?? evidence.host).replace(/:\d+$/, '');
}

/** The virtual host of a broker that was asked for; RabbitMQ has "/" where nothing was said. */
function stompHost(evidence: Evidence): string {
  const sent = JSON.stringify(evidence.plan.message?.send ?? '');
  const host = /\bhost(?::|":")([^"\\]{1,100})/.exec(sent)?.[1];
  const broker = evidence.report.response ? headerOf(evidence.report.response.headers, 'server') : null;
  return host ?? (broker === 'Cowboy' ? '/' : evidence.host);
}

/** What Phoenix says itself where no channel did, and Pusher by its codes. */
const OF_PROTOCOL: Readonly<Record<string, string | undefined>> = {
  'unmatched topic': 'No channel of this socket takes the topic that was to be joined.',
  '42xx': 'Nothing is wrong with the client: the code asks it to connect again.',
  'join crashed': 'The code that was to say yes or no, join/3 of the channel, failed.',
};

/** Where the words come from, whatever they mean. */
const SOURCES: Readonly<Record<string, string | undefined>> = {
  'socket.io':
    'A middleware of the server (use of io, or of the namespace) said this: look for the words there. It sees "auth", which comes in the "40", the headers and the query.',
  phoenix:
    'join/3 of the channel said this: look for the words there. It sees the topic, the payload of phx_join and what connect/3 put into the socket.',
  'graphql-ws':
    'What looks at connection_init on the server (onConnect) said this: look for the words there. It sees the payload of that message.',
};

/** In the protocol that refused, or none. */
function fixesFor(refusal: ApplicationRefusal, evidence: Evidence): readonly (Fix | false)[] {
  const { dialect, told: meant, words } = refusal;
  if (isOther(refusal) && meant !== null) return [textFix('What to do', meant.action)];
  const title = `Send credentials as ${dialect} expects them (profile)`;
  const send = (message: unknown) => profileFix(title, { message: { send: message, expect: 'any' } });
  const told = (...lines: readonly string[]) => textFix(`Where ${dialect} looks`, ...lines);
  if (isUnread(refusal)) {
    const source = SOURCES[dialect];
    return [source !== undefined && textFix('Where the words come from', source)];
  }
  switch (dialect) {
    case 'graphql-ws':
      if (evidence.messages.some((text) => /"connection_error"/.test(text) && /"errorType"\s*:/.test(text)))
        return [told(OF_APPSYNC)];
      if (initialised(evidence))
        return [
          told(
            'The payload of connection_init carries the credentials; what it had was refused: compare names and values with what the server was given.',
          ),
        ];
      if (/\bx-hasura-admin-secret\b/i.test(words))
        return [
          send({
            json: {
              type: 'connection_init',
              payload: { headers: { 'x-hasura-admin-secret': '${secret:admin-secret}' } },
            },
          }),
        ];
      return [send({ json: { type: 'connection_init', payload: { Authorization: 'Bearer ${secret:token}' } } })];
    case 'graphql-transport-ws':
      return [
        told(
          'The operation was refused, not the connection: connectionParams, in the payload of connection_init, carry the credentials.',
        ),
      ];
    case 'home-assistant':
      return [send({ json: { type: 'auth', access_token: '${secret:token}' } })];
    case 'socket.io':
      return /namespace/i.test(words)
        ? [told('The namespace is not there: "40" asks for the default one, "40/admin," for another.')]
        : [send('40{"token":"${secret:token}"}')];
    case 'mqtt':
      if (/protocol version|identifier|unavailable|busy|banned|rate/.test(words))
        return [
          textFix(
            'What to do about the CONNECT packet',
            'Its protocol level is 4 for MQTT 3.1.1 and 5 for MQTT 5, and the client identifier must be one that the broker takes; busy and unavailable pass by themselves.',
          ),
        ];
      return [
        textFix(
          'Send credentials as MQTT expects them',
          'The user name and password belong into the CONNECT packet (MQTT 3.1.1, 3.1.3), not into headers. Mosquitto: password_file, or allow_anonymous true.',
        ),
      ];
    case 'centrifugo':
      return [send({ json: { id: 1, connect: { token: '${secret:token}' } } })];
    case 'stomp':
      if (OF_SPRING.test(words)) return [told(SPRING_THREW)];
      return [
        // The same again, where a login was in the message that is refused.
        !sentLogin(evidence) &&
          send(
            `CONNECT\naccept-version:1.2\nhost:${stompHost(evidence)}\nlogin:\${secret:login}\npasscode:\${secret:passcode}\n\n\u0000`,
          ),
        told(
          'RabbitMQ takes the virtual host in "host", which is "/" by default, and "guest" from its own machine only.',
        ),
      ];
    case 'nats':
      return [send('CONNECT {"verbose":false,"auth_token":"${secret:token}"}\r\n')];
    case 'signalr':
      if (/^Connection closed with an error/i.test(words))
        return [
          told(
            'The hub threw an exception: the log of the server has it, and with EnableDetailedErrors = true (AddSignalR) the message says it.',
          ),
        ];
      if (/protocol .{1,60} not (supported|available)/i.test(words) && evidence.plan.message?.send !== undefined)
        return [
          told(
            'The handshake message names a protocol that this hub does not speak: hubs speak "json", some "messagepack", and that of Blazor Server "blazorpack" alone.',
          ),
        ];
      return /protocol|handshake was canceled/i.test(words)
        ? [send('{"protocol":"json","version":1}\u001e')]
        : [told('Credentials go along with the request: an Authorization header, or access_token in the query.')];
    case 'pusher':
      if (words.startsWith('42')) return [textFix('What to do', 'Connect again: codes of 4200 to 4299 ask for it.')];
      return [
        told(
          '4001 and 4003 are about the key in the path: /app/KEY of an application that exists and is enabled.',
          '4009 and a subscription_error: "auth" in pusher:subscribe must be the signature that your own authorization endpoint gives for this socket_id and channel.',
        ),
      ];
    case 'phoenix':
      if (/\bcrashed\b/.test(words))
        return [told('join/3 of the channel raised an exception: the log of the server has it.')];
      if (ofLiveView(evidence))
        return [
          told(
            'LiveView: "session" and "_csrf_token" of phx_join come with a page of the same server, and the session of the browser in a cookie beside them.',
            'Fetch the page anew and take them from there; on several servers secret_key_base and signing_salt must be the same.',
          ),
        ];
      if (words === 'unmatched topic')
        return [
          textFix(
            'What to do',
            'Compare the topic, letter by letter, with "channel" in the module of the socket (channel "room:*", RoomChannel), and the path with that of this socket in the endpoint.',
          ),
        ];
      return [
        told(
          'connect/3 of the socket reads the parameters of the query; join/3 of the channel the payload of phx_join. This answer is that of join/3.',
        ),
      ];
    case 'action-cable':
      return [
        told(
          'connect of ApplicationCable::Connection looks at the cookies and the query of the request; "subscribed" of the channel at the parameters in "identifier".',
        ),
      ];
    case 'wamp':
      return [
        told(
          'HELLO names the realm, and the authmethods and authid that the router is to ask for. no_such_realm: another realm. no_auth_method: none of those offered is enabled for it.',
        ),
      ];
    case 'ocpp':
      return [
        told(
          'The charge point is known by the last part of the path, and by HTTP Basic with that name in the handshake (security profiles 1 and 2). SecurityError after it: this action is not allowed to it.',
        ),
      ];
    case 'aws-api-gateway':
      return /^internal/i.test(words)
        ? [told('The integration of the route failed or timed out: the log of its function says why.')]
        : [
            told(
              'No route fits the message, or it may not be used. The route selection expression ($request.body.action by default) reads the route from JSON; what it does not find goes to $default, where there is one.',
            ),
          ];
    case 'irc':
      return [told('PASS and NICK, in messages of their own, carry the token and the name: "PASS oauth:…" on Twitch.')];
    case 'ddp':
      return [
        told(
          '"connect" names the version of DDP, and those that the client supports: {"msg":"connect","version":"1","support":["1"]}.',
        ),
      ];
    case 'firebase':
      return [];
    case 'xmpp':
      return [
        told(
          'SASL, in <auth/> after <open/>, carries the credentials; the host of <open to="…"/> must be one that it serves.',
        ),
      ];
    case 'ably':
      return [told('The handshake carries the key or the token in the query: key=… or access_token=….')];
    case 'webpack-dev-server':
      return [
        {
          title: 'webpack-dev-server: allow the host',
          language: 'javascript',
          snippet: `devServer: { allowedHosts: [${JSON.stringify(quoteText(nameRefused(evidence), 200))}] }`,
        },
      ];
    default:
      // An answer to a message of ours is about what that said.
      return [
        credentialsSent(evidence).length === 0 &&
          evidence.plan.message?.send === undefined &&
          (meant === null || meant.kind === 'auth') &&
          placeIn(words),
        meant !== null &&
          (evidence.plan.message?.send !== undefined || meant.kind !== 'auth') &&
          textFix('What to do', meant.action),
      ];
  }
}
