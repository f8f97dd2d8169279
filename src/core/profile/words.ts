import {
  DEFAULT_BUDGETS,
  DEFAULT_HEARTBEAT,
  DEFAULT_HOLD_MS,
  DEFAULT_MAX_MESSAGE_BYTES,
  DEFAULT_NONE_MS,
  DEFAULT_RECONNECT,
  DEFAULT_TIMEOUTS,
  DEFAULT_WATCH,
} from './plan.js';

/** What an editor tells of a key, beside what its spec says. No bundle loads them: they go into the JSON schema alone. */
export interface KeyWords {
  /** Markdown. */
  readonly text?: string;
  /** What holds when the key is left out. */
  readonly standard?: unknown;
  readonly examples?: readonly unknown[];
  readonly snippets?: readonly { readonly label: string; readonly description?: string; readonly body: unknown }[];
  /** What is told of a text that does not match its pattern. */
  readonly patternError?: string;
}

function budgetWords(key: string, what: string, standard?: unknown): Readonly<Record<string, string | KeyWords>> {
  const path = `expect.budgets.${key}`;
  return {
    [path]: {
      text: `Budget for ${what}: a number of milliseconds above which the probe is *degraded*, or both limits.`,
      examples: [200, { degradedMs: 200, downMs: 2000 }],
      ...(standard === undefined ? {} : { standard }),
    },
    [`${path}.degradedMs`]: 'Slower than this many milliseconds: *degraded*. `null`: no such limit.',
    [`${path}.downMs`]: 'Slower than this many milliseconds: *down*. `null`: no such limit.',
  };
}

const PROTOBUF_SCHEMA: KeyWords = {
  text: 'A `.proto` file, or a descriptor set (`protoc --include_imports --descriptor_set_out`), relative to the profile and inside its workspace. Imports are looked for beside the file and in the folders above: at most 64 files, 4 MiB.',
  examples: ['./orders.proto'],
};
const PROTOBUF_TYPE: KeyWords = {
  text: 'The full name of the message, its package before it.',
  examples: ['shop.Order'],
};

/** What each dialect yields for matches. */
const DECODED = [
  '`decoded`: look at what the decoders of `decode`, or else the dialect, make of the message, in place of its text. A message of several parts matches where one of them does. A dialect yields:',
  '- `socket.io`: `{ "type": "EVENT", "namespace", "id", "attachments", "data" }`; the handshake of Engine.IO as its JSON',
  '- `stomp`: `{ "command", "headers", "body" }`, a body that is JSON as JSON',
  '- `mqtt`: the packet as mqtt-packet names its fields, a `payload` that is JSON as JSON',
  '- `wamp`: `{ "message": "EVENT", … }` with the fields by their names; `ocpp`: `{ "messageType", … }`; `phoenix`: `{ "joinRef", "ref", "topic", "event", "payload" }`',
  '- `pusher`, `action-cable`: the message, JSON inside of texts as JSON; `sockjs`: what it carries; `signalr`: each message of a record',
  '- `msgpack`, `cbor`: each value; bytes as `{ "$binary": hex, "bytes" }`',
  '- all others: the JSON of the message',
].join('\n');

/** What each decoder yields, where it is named. */
const DECODE = [
  'What reads the messages, sent and received, for the log, its filters by JSON path, and matches with `"in": "decoded"`. The first four unwrap, in the order of the list, each where it applies; what is inside is then read by the first of the others that takes every byte, else by the dialect, else as JSON, text, or bytes in Base64.',
  '- `gzip` (RFC 1952), `deflate` (RFC 1950, or bare RFC 1951), `brotli` (RFC 7932): what they hold, up to 16 MiB',
  '- `base64`: what a text, or bytes that are one, hold',
  '- `msgpack`, `cbor`: one value as JSON; integers beyond 2^53 as decimal texts, bytes as Base64, times as `{ "$timestamp" }` in ISO 8601, extensions as `{ "$ext", "data" }`, tags as `{ "$tag", "value" }`',
  '- `protobuf`: one message of a schema as JSON',
].join('\n');

/**
 * Words by the path of their key: `headers.*` are the values of a map, `subprotocols[]` the items of a list, `auth:basic`
 * is a variant, `#payload` a definition.
 */
export const PROFILE_WORDS: Readonly<Record<string, string | KeyWords>> = {
  '': {
    text: 'Where to connect, how, what to expect, what to say. Only `url` is required.',
    snippets: [
      { label: 'New profile', description: 'Is it reachable?', body: { url: '${1:wss://host/path}' } },
      {
        label: 'New profile with an echo',
        description: 'Is it reachable, and does it answer?',
        body: {
          name: '${1:Name}',
          url: '${2:wss://host/path}',
          message: { send: { json: { type: '${3:ping}' } }, expect: 'any' },
        },
      },
    ],
  },
  name: {
    text: 'What the profile is called in lists and reports. Default: the name of the file.',
    examples: ['Orders stream'],
  },
  url: {
    text: 'Where to connect: `ws://…` or `wss://…`, no fragment. Variables: `${name}`, `${env:NAME}`, `${secret:name}`; `$${` stands for the characters `${`.',
    examples: ['ws://localhost:8080/', 'wss://${env:API_HOST}/orders'],
    snippets: [
      { label: 'ws://localhost', body: 'ws://localhost:${1:8080}/$2' },
      { label: 'wss://', body: 'wss://${1:host}/$2' },
    ],
    patternError: 'A WebSocket URL starts with ws:// or wss://.',
  },
  headers: {
    text: 'More headers of the opening handshake, sent in this order. A list sends the header once for each value. `Sec-WebSocket-*`, `Upgrade` and `Connection` belong to the handshake.',
    examples: [{ 'X-Tenant-Id': '${tenant}' }],
  },
  origin: {
    text: 'The `Origin` header, as a browser would send it: `scheme://host[:port]`, no path.',
    examples: ['https://app.example.com'],
  },
  subprotocols: { text: 'Subprotocols to offer, the preferred one first.', examples: [['graphql-transport-ws']] },
  'subprotocols[]': { examples: ['graphql-transport-ws', 'graphql-ws', 'mqtt', 'v12.stomp', 'wamp.2.json', 'ocpp1.6'] },
  auth: {
    text: 'A credential for the opening handshake. Keep its value out of the file: `${secret:name}`.',
    snippets: [
      { label: 'bearer', body: { type: 'bearer', token: '\\${secret:${1:token}}' } },
      { label: 'basic', body: { type: 'basic', username: '$1', password: '\\${secret:${2:password}}' } },
      { label: 'digest', body: { type: 'digest', username: '$1', password: '\\${secret:${2:password}}' } },
      {
        label: 'apiKey',
        body: { type: 'apiKey', name: '${1:X-Api-Key}', value: '\\${secret:${2:api-key}}', in: 'header' },
      },
      { label: 'subprotocol', body: { type: 'subprotocol', token: '\\${secret:${1:token}}' } },
      {
        label: 'oauth2',
        body: {
          type: 'oauth2',
          tokenUrl: '${1:https://login.example.com/oauth2/token}',
          clientId: '${2:client}',
          clientSecret: '\\${secret:${3:client-secret}}',
        },
      },
    ],
  },
  'auth:bearer': '`Authorization: Bearer …`',
  'auth:bearer.type': 'How the credential is sent.',
  'auth:bearer.token': { text: 'Sent as `Authorization: Bearer …`.', examples: ['${secret:token}'] },
  'auth:basic': '`Authorization: Basic …`',
  'auth:basic.type': 'How the credential is sent.',
  'auth:basic.username': 'Must not hold a colon.',
  'auth:basic.password': { text: 'Sent as base64 of `username:password`.', examples: ['${secret:password}'] },
  'auth:digest':
    'Digest (RFC 7616; SHA-256, SHA-512/256, MD5): asked first without credentials, then over a connection of its own with the answer to what the server wants to know. The password itself is never sent',
  'auth:digest.type': 'How the credential is sent.',
  'auth:digest.username': 'Must not hold a colon.',
  'auth:digest.password': { text: 'Never sent itself.', examples: ['${secret:password}'] },
  'auth:apiKey': 'A key in a header or in the query',
  'auth:apiKey.type': 'How the credential is sent.',
  'auth:apiKey.name': { text: 'Name of the header or of the query parameter.', examples: ['X-Api-Key'] },
  'auth:apiKey.value': { text: 'The key.', examples: ['${secret:api-key}'] },
  'auth:apiKey.in': { text: 'Where the key is sent.', standard: 'header' },
  'auth:subprotocol': 'A token offered as a subprotocol, where headers cannot be set',
  'auth:subprotocol.type': 'How the credential is sent.',
  'auth:subprotocol.token': {
    text: 'Offered as one more subprotocol, after `prefix`. Must be a token (RFC 9110 5.6.2): no `=`, no `/`.',
    examples: ['${secret:token}'],
  },
  'auth:subprotocol.prefix': { text: 'Stands before the token.', examples: ['base64url.bearer.authorization.k8s.io.'] },
  'auth:oauth2':
    'A token by OAuth 2 client credentials (RFC 6749 4.4), fetched before the upgrade, kept in memory until shortly before it expires, and sent as `Authorization: Bearer …`',
  'auth:oauth2.type': 'How the credential is sent.',
  'auth:oauth2.tokenUrl': {
    text: 'The token endpoint: `https://`, or `http://` to this machine. It is reached as the server is, by the same proxy and authorities; no redirect is followed.',
    examples: ['https://login.example.com/oauth2/token'],
  },
  'auth:oauth2.clientId': { text: 'The client, as the authorization server knows it.', examples: ['wsprobe'] },
  'auth:oauth2.clientSecret': {
    text: 'Sent by Basic authentication, and in the body where the endpoint does not take that.',
    examples: ['${secret:client-secret}'],
  },
  'auth:oauth2.scope': { text: 'Scopes to ask for, parted by blanks.', examples: ['orders.read orders.write'] },
  cookies: { text: 'Cookies of the opening handshake: name and value.', examples: [{ session: '${secret:session}' }] },
  tls: 'TLS of `wss`. Paths are relative to the profile.',
  'tls.ca': { text: 'PEM files of authorities to trust, beside those of the system.', examples: [['./ca.pem']] },
  'tls.cert': 'PEM file of the client certificate; needs `key`.',
  'tls.key': "PEM file of the client certificate's key; needs `cert`.",
  'tls.pfx': 'PKCS #12 file of client certificate and key, in place of `cert` and `key`.',
  'tls.passphrase': { text: 'Opens `key` or `pfx`.', examples: ['${secret:passphrase}'] },
  'tls.serverName': "Host name to ask for (SNI) and to check the certificate against. Default: the URL's host.",
  'tls.rejectUnauthorized': {
    text: '`false` goes on when the certificate is refused, and says so in the report.',
    standard: true,
  },
  'tls.minVersion': { text: 'The oldest TLS version to accept.', standard: 'TLSv1.2' },
  proxy: {
    text: "The proxy to go through. `auto` follows VS Code's `http.proxy` and `http.noProxy`, then `HTTPS_PROXY` (for `wss`), `HTTP_PROXY` (for `ws`), `ALL_PROXY` and `NO_PROXY`; it never takes a proxy to `localhost`. `none` connects directly. A URL names one: `http` and `https` (asked with CONNECT), `socks5` and `socks5h` (the proxy resolves the name), `socks4a` (so too), `socks4` (resolved here). User name and password stand in it percent-encoded, best as `${secret:proxy}`.",
    standard: 'auto',
    examples: [
      'auto',
      'none',
      'http://proxy.example.com:3128',
      'http://user:${secret:proxy}@proxy.example.com:3128',
      'socks5://127.0.0.1:1080',
    ],
    patternError:
      '"auto", "none" or a URL: http://, https://, socks4://, socks4a://, socks5:// or socks5h:// with host and port.',
  },
  http: {
    text: 'HTTP version of the opening handshake. `2` insists on HTTP/2 (RFC 8441; over `ws` by prior knowledge) and fails where the server has none; `auto` takes it where `wss` negotiates it, else 1.1, and reports the downgrade.',
    standard: '1.1',
  },
  compression: { text: 'Whether to offer permessage-deflate (RFC 7692), or with which parameters.', standard: true },
  'compression.serverNoContextTakeover': 'Ask the server to compress each message by itself.',
  'compression.clientNoContextTakeover': 'Compress each of our messages by itself.',
  'compression.serverMaxWindowBits': "The server's largest window, as a power of two.",
  'compression.clientMaxWindowBits': 'Our largest window, as a power of two; `true` leaves it to the server.',
  followRedirects: {
    text: 'Whether to follow redirects, ten at most. To another origin no credential goes along (`auth`, `cookies`, custom headers, client certificate), and none leads from `wss` to `ws`. `false` stops at the first: the report shows where it leads.',
    standard: false,
  },
  timeouts: 'How long to wait for each part, in milliseconds. Each is one deadline for the whole part.',
  'timeouts.connectMs': { text: 'Name look-up, TCP and TLS.', standard: DEFAULT_TIMEOUTS.connectMs },
  'timeouts.upgradeMs': { text: 'The opening handshake.', standard: DEFAULT_TIMEOUTS.upgradeMs },
  'timeouts.messageMs': { text: 'A reply to a message.', standard: DEFAULT_TIMEOUTS.messageMs },
  'timeouts.closeMs': { text: 'The answer to our Close.', standard: DEFAULT_TIMEOUTS.closeMs },
  limits: 'Limits of our own. The report says when one of them ended a connection.',
  'limits.maxMessageBytes': { text: 'The largest message to take.', standard: DEFAULT_MAX_MESSAGE_BYTES },
  message: {
    text: 'A message sent after the opening handshake, whose reply gives the round trip. Without it a protocol ping does.',
    snippets: [
      {
        label: 'echo',
        description: 'Send, and expect the same back',
        body: { send: { json: { type: '${1:ping}' } }, expect: 'echo' },
      },
      {
        label: 'request and reply',
        description: 'Send, and expect a match',
        body: { send: { json: { type: '${1:ping}' } }, expect: { jsonPath: '$.type', equals: '${2:pong}' } },
      },
      { label: 'welcome', description: 'Send nothing, wait for the first message', body: { expect: 'any' } },
    ],
  },
  'message.expect': { text: '`echo`: the same message comes back. `any`: any message. Or a match.', standard: 'any' },
  'message.samples': { text: 'How many round trips to measure, one after the other.', standard: 1 },
  steps: {
    text: 'A conversation, in order: each step waits for the one before it. The first that fails ends it; the rest are skipped. At most 10,000, repeats counted.',
    snippets: [
      {
        label: 'request and reply',
        body: [{ send: { json: { type: '${1:hello}' } } }, { expect: { jsonPath: '$.type', equals: '${2:welcome}' } }],
      },
    ],
  },
  clients: {
    text: 'Who talks in `steps`, each over a connection of its own: keys of a profile laid over this one, whole keys at a time. A client connects when its first step is reached.',
    examples: [{ alice: { auth: { type: 'bearer', token: '${secret:alice}' } }, bob: {} }],
  },
  'clients.*': 'Keys that this client replaces.',
  '#step':
    'One step: exactly one of `send`, `expect`, `expectAll`, `expectNone`, `expectCount`, `repeat`, `ping`, `wait`, `close`, `expectClose`.',
  '#step.name': 'What the step is called in the report.',
  '#step.client': 'Whose step it is: one of `clients`. In a repeat: whose its steps are.',
  '#step.send': 'Send a message.',
  '#step.expect': 'Wait for a message that matches; what does not match is passed over.',
  '#step.expectAll': 'Wait for a different message for each of these, in any order.',
  '#step.expectNone': 'No unread message matches, and none that comes in `forMs`. Nothing is read by it.',
  '#step.expectCount':
    'Count the messages that match. Without `max` it ends at `min`; with it, it waits out `withinMs`.',
  '#step.expectCount.match': 'Which messages count.',
  '#step.expectCount.min': { text: 'As many at least.', standard: 0 },
  '#step.expectCount.max': 'As many at most.',
  '#step.repeat': 'Run steps several times.',
  '#step.repeat.times': 'How often.',
  '#step.repeat.steps': 'What is repeated.',
  '#step.ping': 'Send a protocol ping and wait for the pong.',
  '#step.wait': 'Wait this many milliseconds.',
  '#step.close': 'Close, and wait for the answer of the server.',
  '#step.close.code': { text: '1000 to 1003, 1007 to 1014, or 3000 to 4999.', standard: 1000 },
  '#step.close.reason': 'At most 123 bytes of UTF-8.',
  '#step.expectClose': 'The server closes.',
  '#step.expectClose.code': 'With this code, or one of these.',
  '#step.expectClose.reason': 'With a reason that matches.',
  '#step.withinMs': { text: 'The step fails when it is not through by then.', standard: DEFAULT_TIMEOUTS.messageMs },
  '#step.budgetMs': 'A step that takes longer makes the probe *degraded*.',
  '#step.forMs': { text: 'How long to watch for a message that must not come.', standard: DEFAULT_NONE_MS },
  '#step.strict': { text: 'The next unread message must match; nothing is passed over.', standard: false },
  '#step.capture': {
    text: "Values to keep from the message: a variable's name and a JSONPath. Later messages use them as `${name}`.",
    examples: [{ id: '$.payload.id' }],
  },
  expect: 'What makes a probe healthy.',
  'expect.status': { text: 'Status of the answer to the opening handshake.', standard: 101 },
  'expect.subprotocol': 'The subprotocol the server must select; `null`: none.',
  'expect.httpVersion': 'HTTP version of the opening handshake.',
  'expect.headers': {
    text: 'Headers of the answer: exactly one of `equals`, `contains`, `matches` each.',
    examples: [{ 'x-served-by': { matches: '^edge' } }],
  },
  'expect.headers.*.equals': 'The whole value.',
  'expect.headers.*.contains': 'A part of the value.',
  'expect.headers.*.matches': 'A JavaScript regular expression.',
  'expect.holdMs': {
    text: 'The connection must stay open this long after the opening handshake. Without a `message` one ping during the hold gives the round trip; with 0 there is none.',
    standard: DEFAULT_HOLD_MS,
  },
  'expect.ping': {
    text: 'Whether a ping is sent while the connection is held. Some servers end the connection at a ping: `false` holds without one.',
    standard: true,
  },
  'expect.closeCode': { text: 'The close code, or the codes, that are well.', examples: [1000, [1000, 1001]] },
  'expect.certificateDaysLeft': { text: 'The certificate must be valid for at least this many days.', examples: [14] },
  'expect.budgets': 'How long each part may take. `total` is the whole probe.',
  session: 'How a live connection is kept: heartbeat (in the hold of a probe too), reconnect, dialect, pongs.',
  'session.heartbeat': 'A sign of life sent while the connection is quiet.',
  'session.heartbeat.every': { text: 'Milliseconds between two heartbeats.', standard: DEFAULT_HEARTBEAT.everyMs },
  'session.heartbeat.timeout': { text: 'Milliseconds to wait for the answer.', standard: DEFAULT_HEARTBEAT.timeoutMs },
  'session.heartbeat.send': {
    text: "What to send: `ping` is the protocol's own ping, anything else a message.",
    standard: DEFAULT_HEARTBEAT.send,
  },
  'session.reconnect': 'Connecting again after a loss.',
  'session.reconnect.initialMs': { text: 'The first wait.', standard: DEFAULT_RECONNECT.initialMs },
  'session.reconnect.maxMs': { text: 'The longest wait.', standard: DEFAULT_RECONNECT.maxMs },
  'session.reconnect.jitter': { text: 'Random part of each wait, 0 to 1.', standard: DEFAULT_RECONNECT.jitter },
  'session.reconnect.maxAttempts': { text: 'Attempts before giving up.', standard: DEFAULT_RECONNECT.maxAttempts },
  'session.dialect': { text: 'How messages are read; `auto` finds out.', standard: 'auto' },
  'session.autoPong': { text: "Whether to answer the server's pings, those of Engine.IO too.", standard: true },
  'session.shareConnection': {
    text: 'Over HTTP/2: whether sessions with the same server share one connection, a stream each. Needs `http` `"2"` or `"auto"`.',
    standard: false,
  },
  messages: 'Messages kept for the composer of a live connection.',
  'messages[].name': 'What the message is called in lists.',
  watch: {
    text: 'Probing again and again: `wsprobe watch`.',
    snippets: [{ label: 'watch', body: { everyMs: '^${1:30000}', alertAfter: '^${2:2}' } }],
  },
  'watch.everyMs': {
    text: 'Milliseconds between two probes, or looks at a held connection.',
    standard: DEFAULT_WATCH.everyMs,
  },
  'watch.alertAfter': { text: 'Failures in a row before an alert.', standard: DEFAULT_WATCH.alertAfter },
  'watch.hold': {
    text: 'One connection that stays, with a heartbeat and reconnects (`session.heartbeat`, `session.reconnect`; a ping every 30 s at most and attempts without an end where the profile has none), in place of a probe each time: drops, half-open peers and lifetimes are seen as users see them. The steps of the profile are run each time it is open, as far as the first `close`; those of several clients are not.',
    standard: DEFAULT_WATCH.hold,
  },
  'watch.sequence': {
    text: 'JSON path of the number in the messages of a held connection: what was lost or repeated is counted by it, across reconnects too. Without it what was lost is not known.',
    examples: ['$.seq'],
  },
  variables: { text: 'Values for `${name}`. A value may use other variables.', examples: [{ tenant: 'acme' }] },
  environments: {
    text: 'Named variants. The chosen one adds to `variables` and takes the place of any other key it names.',
    examples: [{ local: { url: 'ws://localhost:8080/' } }],
    snippets: [{ label: 'local', body: { '${1:local}': { url: 'ws://localhost:${2:8080}/' } } }],
  },
  '#payload': {
    text: 'A message: a string is sent as text; an object is of exactly one kind: `text`, `json`, `hex`, `base64`, `file`, or one that is encoded: `msgpack`, `cbor`, `protobuf`, `socketio`, `signalr`, `stomp`, `mqtt`; beside it `binary`, `compress` and `wrap`. In texts `${uuid}`, `${now}` (ISO 8601) and `${seq}` are filled in as each message is sent.',
    snippets: [
      { label: 'json', description: 'A JSON message', body: { json: { type: '${1:ping}' } } },
      { label: 'text', description: 'A text message', body: { text: '${1:ping}' } },
      { label: 'hex', description: 'A binary message', body: { hex: '${1:00 01}' } },
    ],
  },
  '#payload.text': 'Sent as a text message, as it is.',
  '#payload.json': 'Sent as a text message: this value as compact JSON. Variables are filled in inside its strings.',
  '#payload.hex': {
    text: 'Sent as a binary message: pairs of hexadecimal digits, blanks allowed.',
    examples: ['00 01 ff'],
  },
  '#payload.base64': { text: 'Sent as a binary message.', examples: ['AAH/'] },
  '#payload.file': {
    text: 'The content of this file (relative to the profile, and inside its workspace): sent as text when it is UTF-8 without control characters, else as binary.',
    examples: ['./message.json'],
  },
  '#payload.msgpack': {
    text: 'Sent as a binary message: this value in MessagePack. A text that is exactly `${name}` keeps the type of what was captured.',
    examples: [{ type: 'ping' }],
  },
  '#payload.cbor': {
    text: 'Sent as a binary message: this value in CBOR (RFC 8949). A text that is exactly `${name}` keeps the type of what was captured.',
    examples: [{ type: 'ping' }],
  },
  '#payload.protobuf': {
    text: 'Sent as a binary message: `value` as the message `type` of `schema`.',
    snippets: [
      {
        label: 'protobuf',
        body: { schema: './${1:orders}.proto', type: '${2:shop.Order}', value: { '${3:id}': '${4:1}' } },
      },
    ],
  },
  '#payload.protobuf.schema': PROTOBUF_SCHEMA,
  '#payload.protobuf.type': PROTOBUF_TYPE,
  '#payload.protobuf.value':
    "The message as JSON, by protobuf's own mapping: fields by either of their names, enumerations by name or number, 64-bit integers as numbers or decimal texts, bytes as Base64. `null` leaves a field out.",
  '#payload.socketio': {
    text: 'Sent as a text message: a Socket.IO event over Engine.IO (`42["event",…]`).',
    examples: [{ event: 'join', args: ['room 1'] }],
  },
  '#payload.socketio.event': { text: 'The name of the event.', examples: ['join'] },
  '#payload.socketio.args': 'What the event carries, in order.',
  '#payload.socketio.namespace': { text: 'The namespace.', standard: '/', examples: ['/admin'] },
  '#payload.socketio.ack': {
    text: 'Asks for an acknowledgement, which names this id (digits).',
    examples: [1, '${seq}'],
  },
  '#payload.signalr': {
    text: 'Sent as a text message: this value as JSON, ended by U+001E as SignalR asks for.',
    examples: [
      { protocol: 'json', version: 1 },
      { type: 1, target: 'Send', arguments: ['hi'] },
    ],
  },
  '#payload.stomp': {
    text: 'Sent as a text message: a STOMP 1.2 frame.',
    examples: [{ command: 'SUBSCRIBE', headers: { id: '0', destination: '/queue/a' } }],
  },
  '#payload.stomp.command': { text: 'The command, in capitals.', examples: ['CONNECT', 'SUBSCRIBE', 'SEND'] },
  '#payload.stomp.headers': 'Headers in order. They are escaped, but for those of CONNECT, which knows no escapes.',
  '#payload.stomp.body':
    'A text, or a value that is sent as JSON. `content-length` is added where the body holds a NUL.',
  '#payload.mqtt': {
    text: 'Sent as a binary message: an MQTT packet with its fields as [mqtt-packet](https://github.com/mqttjs/mqtt-packet#packets) names them, `cmd` first. MQTT 3.1.1; 5 where `protocolVersion` is 5 or there are `properties`. A `payload` that is no text is sent as JSON.',
    snippets: [
      { label: 'connect', body: { cmd: 'connect', clientId: '${1:wsprobe}' } },
      {
        label: 'subscribe',
        body: { cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: '${1:a/b}', qos: 0 }] },
      },
      { label: 'publish', body: { cmd: 'publish', topic: '${1:a/b}', payload: '${2:hi}' } },
    ],
  },
  '#payload.binary': 'Sent as a binary message, whatever its kind is sent as.',
  '#payload.compress':
    'The message itself is compressed (which has nothing to do with permessage-deflate) and sent as binary. `deflate` is the zlib format (RFC 1950).',
  '#payload.wrap':
    '`sockjs`: sent as a text of a SockJS frame, a JSON list of texts. Goes neither with `binary` nor with `compress`.',
  decode: {
    text: DECODE,
    examples: [['gzip'], ['base64', 'msgpack'], [{ protobuf: { schema: './orders.proto', type: 'shop.Event' } }]],
  },
  'decode[].protobuf':
    'A protobuf message: fields by their names in lower camel case, enumerations by name, 64-bit integers as decimal texts, bytes as Base64; fields that the schema does not know in `$unknown`.',
  'decode[].protobuf.schema': PROTOBUF_SCHEMA,
  'decode[].protobuf.type': PROTOBUF_TYPE,
  '#match': {
    text: 'What a message must look like: exactly one of `equals`, `contains`, `matches`, `jsonPath`, `binary`, `schema`, `all`, `any`, `not`; beside it `in` and `kind`.',
    snippets: [
      {
        label: 'jsonPath … equals',
        description: 'A value in a JSON message',
        body: { jsonPath: '$.${1:type}', equals: '${2:pong}' },
      },
      { label: 'contains', description: 'A part of the text', body: { contains: '${1:pong}' } },
      { label: 'matches', description: 'A regular expression', body: { matches: '${1:^pong}' } },
    ],
  },
  '#match.equals': 'The whole text; with `jsonPath`, or `in`, any JSON value, compared in depth.',
  '#match.contains': 'A part of the text.',
  '#match.matches': {
    text: 'A JavaScript regular expression that is found in the text; with `jsonPath`, in the selected value.',
    examples: ['^ok'],
  },
  '#match.jsonPath': {
    text: 'An RFC 9535 query into the message, with one of `equals`, `matches`, `exists`, `gt`, `ge`, `lt`, `le`, `type`, `length`, `schema`: one selected value must fit.',
    examples: ['$.type'],
  },
  '#match.exists': 'With `jsonPath`: whether the query must select anything.',
  '#match.gt': 'With `jsonPath`: greater than this number, or after this text.',
  '#match.ge': 'With `jsonPath`: this, or greater.',
  '#match.lt': 'With `jsonPath`: less than this number, or before this text.',
  '#match.le': 'With `jsonPath`: this, or less.',
  '#match.type': 'With `jsonPath`: the JSON type of the value.',
  '#match.length': 'With `jsonPath`: characters of a text, elements of a list, members of an object.',
  '#match.schema': {
    text: 'A JSON Schema (drafts 4 to 2020-12), or the path of one inside the workspace, that the message, or the selected value, is valid by. Nothing that it refers to is fetched.',
    examples: ['./order.schema.json', { type: 'object', required: ['id'] }],
  },
  '#match.all': 'Each of these matches.',
  '#match.any': 'One of these matches.',
  '#match.not': 'This does not match.',
  '#match.in': {
    text: DECODED,
  },
  '#match.kind': 'Only text messages, or only binary ones.',
  '#match.binary': { text: 'A binary message that starts with these bytes, in hexadecimal.', examples: ['00 01'] },
  ...budgetWords('dns', 'the name look-up'),
  ...budgetWords('tcp', 'the TCP connection'),
  ...budgetWords('proxy', 'the proxy'),
  ...budgetWords('tls', 'the TLS handshake'),
  ...budgetWords('upgrade', 'the opening handshake', { degradedMs: DEFAULT_BUDGETS.upgrade.degradedMs }),
  ...budgetWords('message', 'a round trip', DEFAULT_BUDGETS.message),
  'expect.budgets.message.percentile': {
    text: 'Which percentile of the samples is judged; 100 is the slowest.',
    standard: DEFAULT_BUDGETS.message.percentile,
  },
  ...budgetWords('close', 'the closing handshake'),
  ...budgetWords('total', 'the whole probe'),
};
