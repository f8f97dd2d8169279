import { parseUrl } from '../base/url.js';
import type { CloseCode, CloseRange, Dialect } from './closeCode.js';
import { centrifugo } from '../dialects/centrifugo/closing.js';
import { discord, discordVoice } from '../dialects/discord/closing.js';
import { graphqlTransportWs, graphqlWs, hasura } from '../dialects/graphql/closing.js';
import { ably } from '../dialects/ably/closing.js';
import { actionCable } from '../dialects/actionCable/closing.js';
import { awsApiGateway } from '../dialects/awsApiGateway/closing.js';
import { colyseus } from '../dialects/colyseus/closing.js';
import { deepgram } from '../dialects/deepgram/closing.js';
import { hocuspocus } from '../dialects/hocuspocus/closing.js';
import { homeAssistant } from '../dialects/homeAssistant/closing.js';
import { kubernetes } from '../dialects/kubernetes/closing.js';
import { liveblocks } from '../dialects/liveblocks/closing.js';
import { mattermost } from '../dialects/mattermost/closing.js';
import { mqtt } from '../dialects/mqtt/closing.js';
import { nats } from '../dialects/nats/closing.js';
import { obs } from '../dialects/obs/closing.js';
import { ocpp } from '../dialects/ocpp/closing.js';
import { phoenix } from '../dialects/phoenix/closing.js';
import { signalr } from '../dialects/signalr/closing.js';
import { slack } from '../dialects/slack/closing.js';
import { socketIo } from '../dialects/socketIo/closing.js';
import { sockjs } from '../dialects/sockjs/closing.js';
import { stomp } from '../dialects/stomp/closing.js';
import { twilio } from '../dialects/twilio/closing.js';
import { twitchEventsub } from '../dialects/twitchEventsub/closing.js';
import { wamp } from '../dialects/wamp/closing.js';
import { pusher } from '../dialects/pusher/closing.js';
import { IANA_CODES } from './iana.js';

/** Every dialect whose closing is known, in the order in which collisions are told. */
export const DIALECTS: readonly Dialect[] = [
  graphqlTransportWs,
  graphqlWs,
  hasura,
  socketIo,
  signalr,
  stomp,
  mqtt,
  wamp,
  phoenix,
  actionCable,
  pusher,
  centrifugo,
  sockjs,
  nats,
  ocpp,
  kubernetes,
  homeAssistant,
  discord,
  discordVoice,
  twitchEventsub,
  obs,
  mattermost,
  slack,
  ably,
  twilio,
  deepgram,
  awsApiGateway,
  hocuspocus,
  liveblocks,
  colyseus,
];

/** Canonical names, as `--dialect` and profiles take them. */
export const dialects: readonly string[] = DIALECTS.map((dialect) => dialect.name);

/** The whole data: the IANA registry first, then each dialect's own codes. */
export const CLOSE_CODES: readonly CloseCode[] = [...IANA_CODES, ...DIALECTS.flatMap((dialect) => dialect.codes)];

/** A dialect by canonical name, alias or subprotocol token, whatever the case; null when unknown. */
export function findDialect(name: string): Dialect | null {
  const wanted = name.trim().toLowerCase();
  return (
    DIALECTS.find((dialect) => dialect.name === wanted) ??
    DIALECTS.find((dialect) => dialect.aliases.includes(wanted)) ??
    DIALECTS.find((dialect) => speaks(dialect, wanted)) ??
    null
  );
}

/** What `code` means in a dialect: its own row, else the range it falls in, else null. */
export function codeInDialect(dialect: Dialect, code: number): CloseCode | CloseRange | null {
  return (
    dialect.codes.find((entry) => entry.code === code) ??
    dialect.ranges.find((range) => code >= range.from && code <= range.to) ??
    null
  );
}

function speaks(dialect: Dialect, token: string): boolean {
  return dialect.subprotocols.some((known) => (typeof known === 'string' ? known === token : known.test(token)));
}

/** Guesses the dialect: the negotiated subprotocol first, then the URL, then the first text message of the server. */
export function dialectOf(seen: {
  readonly subprotocol?: string | null;
  readonly url?: string | null;
  readonly firstMessage?: string | null;
}): string | null {
  const byToken = seen.subprotocol ? DIALECTS.find((dialect) => speaks(dialect, seen.subprotocol ?? '')) : undefined;
  return byToken?.name ?? dialectOfUrl(seen.url ?? null) ?? dialectOfMessage(seen.firstMessage ?? null);
}

const hosts: readonly (readonly [host: RegExp, dialect: string])[] = [
  [/(^|\.)discord\.media$/, 'discord-voice'],
  [/^gateway([\w-]*)\.discord\.gg$/, 'discord'],
  [/^eventsub\.wss\.twitch\.tv$/, 'twitch-eventsub'],
  [/\.execute-api\.[\w-]+\.amazonaws\.com(\.cn)?$/, 'aws-api-gateway'],
  [/\.appsync-(realtime-)?api\./, 'graphql-ws'],
  [/(^|\.)api\.deepgram\.com$/, 'deepgram'],
  [/(^|\.)(ably\.io|ably\.com|ably\.net)$/, 'ably'],
  [/(^|\.)liveblocks\.io$/, 'liveblocks'],
  [/(^|\.)pusher\.com$|(^|\.)pusherapp\.com$/, 'pusher'],
  [/(^|\.)slack\.com$/, 'slack'],
];

function dialectOfUrl(text: string | null): string | null {
  const url = text === null ? null : parseUrl(text);
  if (!url) return null;
  const { hostname, pathname, searchParams } = url;
  const path = pathname.replace(/\/+$/, '');
  if (searchParams.has('EIO') || path.endsWith('/socket.io') || path.endsWith('/engine.io')) return 'socket.io';
  if (/\/app\/[^/]+$/.test(path) && searchParams.has('protocol')) return 'pusher';
  if (path.endsWith('/websocket') && searchParams.has('vsn')) return 'phoenix';
  const known = hosts.find(([host]) => host.test(hostname));
  if (known) return known[1];
  if (path.endsWith('/cable')) return 'action-cable';
  if (path.endsWith('/mqtt')) return 'mqtt';
  if (path.endsWith('/api/v4/websocket')) return 'mattermost';
  if (path.endsWith('/api/websocket')) return 'home-assistant';
  if (path.endsWith('/connection/websocket')) return 'centrifugo';
  if (path.endsWith('/v1/graphql')) return 'hasura';
  if (/\/\d{3}\/[\w.-]+\/websocket$/.test(path)) return 'sockjs';
  if (/\/api\/v1\/namespaces\/[^/]+\/pods\/[^/]+\/(exec|attach|portforward)$/.test(path)) return 'kubernetes';
  return null;
}

const openings: readonly (readonly [message: RegExp, dialect: string])[] = [
  [/^0\{"sid":/, 'socket.io'],
  [/"event":"pusher:connection_established"/, 'pusher'],
  [/^\{"type":"welcome"/, 'action-cable'],
  [/^\{"type":"auth_required"/, 'home-assistant'],
  [/"message_type":"session_welcome"/, 'twitch-eventsub'],
  [/"op":10,.*"heartbeat_interval"|"heartbeat_interval".*"op":10\b/, 'discord'],
  [/"obsWebSocketVersion"/, 'obs'],
  [/^INFO \{/, 'nats'],
  [/^o$/, 'sockjs'],
];

function dialectOfMessage(text: string | null): string | null {
  if (text === null) return null;
  const head = text.slice(0, 512);
  return openings.find(([message]) => message.test(head))?.[1] ?? null;
}
