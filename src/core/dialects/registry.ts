import { dialectNamed } from '../base/dialectNames.js';
import type { ClosingTable } from '../close/closeCode.js';
import type { Dialect, ReadableDialect } from './dialect.js';
import { ably } from './ably/index.js';
import { actionCable } from './actionCable/index.js';
import { awsApiGateway } from './awsApiGateway/index.js';
import { centrifugo } from './centrifugo/index.js';
import { colyseus } from './colyseus/index.js';
import { deepgram } from './deepgram/index.js';
import { discord, discordVoice } from './discord/index.js';
import { graphqlTransportWs, graphqlWs, hasura } from './graphql/index.js';
import { hocuspocus } from './hocuspocus/index.js';
import { homeAssistant } from './homeAssistant/index.js';
import { jsonRpc } from './jsonRpc/index.js';
import { kubernetes } from './kubernetes/index.js';
import { liveblocks } from './liveblocks/index.js';
import { mattermost } from './mattermost/index.js';
import { mqtt } from './mqtt/index.js';
import { nats } from './nats/index.js';
import { obs } from './obs/index.js';
import { ocpp } from './ocpp/index.js';
import { cbor, msgpack } from './packed/index.js';
import { phoenix } from './phoenix/index.js';
import { pusher } from './pusher/index.js';
import { signalr } from './signalr/index.js';
import { slack } from './slack/index.js';
import { socketIo } from './socketIo/index.js';
import { sockjs } from './sockjs/index.js';
import { stomp } from './stomp/index.js';
import { twilio } from './twilio/index.js';
import { twitchEventsub } from './twitchEventsub/index.js';
import { wamp } from './wamp/index.js';

/** Every dialect, in the order in which they are told. Of two that fit equally well the first is taken. */
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
  jsonRpc,
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
  msgpack,
  cbor,
];

/** Those whose messages are decoded. */
export const READABLE_DIALECTS: readonly ReadableDialect[] = DIALECTS.filter(isReadable);

/** What their close codes mean, of those that say anything about it. */
export const CLOSING_TABLES: readonly ClosingTable[] = DIALECTS.flatMap(({ closing }) => closing ?? []);

/** A dialect by name, alias or subprotocol token, whatever the case; null when unknown (`auto` and `none` are). */
export function findDialect(text: string): Dialect | null {
  const name = dialectNamed(text);
  return DIALECTS.find((dialect) => dialect.name === name) ?? null;
}

export function isReadable(dialect: Dialect): dialect is ReadableDialect {
  return dialect.createDecoder !== null;
}
