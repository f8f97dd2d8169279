interface Names {
  /** Other names people use, lower case. */
  readonly aliases: readonly string[];
  /** Exact tokens, or patterns of tokens, that say this dialect is spoken (RFC 6455 11.5, case-sensitive). */
  readonly subprotocols: readonly (string | RegExp)[];
}

const names = (aliases: readonly string[] = [], subprotocols: readonly (string | RegExp)[] = []): Names => ({
  aliases,
  subprotocols,
});

/** Every dialect that is known by name, in the order in which they are told. */
const TABLE = {
  'graphql-transport-ws': names(
    ['graphql', 'graphql-transport', 'graphql-ws@5', 'graphql-ws@6'],
    ['graphql-transport-ws'],
  ),
  'graphql-ws': names(['subscriptions-transport-ws', 'apollo', 'appsync'], ['graphql-ws', 'aws-appsync-event-ws']),
  hasura: names(['hasura-graphql']),
  'socket.io': names(['socketio', 'engine.io', 'engineio']),
  signalr: names(),
  stomp: names([], ['v10.stomp', 'v11.stomp', 'v12.stomp', 'stomp']),
  mqtt: names(['mqttv3.1', 'mqtt5', 'mqttv5'], ['mqtt', 'mqttv3.1']),
  wamp: names(['crossbar', 'autobahn'], ['wamp', /^wamp\.2\./]),
  phoenix: names(['supabase', 'phx', 'elixir'], ['phoenix']),
  'action-cable': names(['actioncable', 'rails'], ['actioncable-v1-json', 'actioncable-unsupported']),
  pusher: names(['reverb', 'soketi', 'laravel-echo']),
  centrifugo: names(['centrifuge'], ['centrifuge-json', 'centrifuge-protobuf']),
  sockjs: names(),
  nats: names(),
  'json-rpc': names(['jsonrpc', 'json-rpc-2.0', 'mcp', 'lsp', 'cdp']),
  ocpp: names([], [/^ocpp\d/]),
  kubernetes: names(['k8s', 'kubectl'], [/^(v\d\.)?(base64\.)?channel\.k8s\.io$/, /\.k8s\.io$/]),
  'home-assistant': names(['homeassistant', 'hass']),
  discord: names(['discord-gateway']),
  'discord-voice': names(),
  'twitch-eventsub': names(['twitch', 'eventsub']),
  obs: names(['obs-websocket', 'obswebsocket'], ['obswebsocket.json', 'obswebsocket.msgpack']),
  mattermost: names(),
  slack: names(['slack-socket-mode']),
  ably: names(),
  twilio: names(['twilio-media-streams']),
  deepgram: names(),
  'aws-api-gateway': names(['api-gateway', 'apigateway', 'aws']),
  hocuspocus: names(['yjs', 'y-websocket', 'tiptap']),
  liveblocks: names(),
  colyseus: names(),
  msgpack: names(['messagepack']),
  cbor: names(),
} as const satisfies Readonly<Record<string, Names>>;

/** A dialect's name as profiles, `--dialect` and reports have it. */
export type DialectName = keyof typeof TABLE;

const entries = Object.entries(TABLE) as readonly (readonly [DialectName, Names])[];

/** The names in the order in which they are told. */
export const DIALECT_NAMES: readonly DialectName[] = entries.map(([name]) => name);

/** A dialect by name, alias or subprotocol token, whatever the case; null when unknown (`auto` and `none` are). */
export function dialectNamed(text: string): DialectName | null {
  const wanted = text.trim().toLowerCase();
  const found =
    entries.find(([name]) => name === wanted) ?? entries.find(([, { aliases }]) => aliases.includes(wanted));
  return found?.[0] ?? dialectOfSubprotocol(wanted);
}

/** The dialect that a subprotocol stands for, as it is written on the wire; null when it stands for none. */
export function dialectOfSubprotocol(token: string): DialectName | null {
  const speaks = (known: string | RegExp) => (typeof known === 'string' ? known === token : known.test(token));
  return entries.find(([, { subprotocols }]) => subprotocols.some(speaks))?.[0] ?? null;
}

/** Every name and alias, each once. */
export function dialectWords(): readonly string[] {
  return entries.flatMap(([name, { aliases }]) => [name, ...aliases]);
}
