import { defineDialect } from '../closeCode.js';

export const sockjs = defineDialect({
  name: 'sockjs',
  title: 'SockJS',
  source: 'sockjs 0.3.24',
  codes: [
    [
      3000,
      'Go Away',
      'transient',
      'yes',
      'The framing was broken, or the client did not answer a heartbeat.',
      'Look at the last frames and at the heartbeat.',
    ],
  ],
  note: 'Reasons also come as a frame such as c[2010,"Another connection still open"]; 2010 is never a close code on the wire.',
});

export const nats = defineDialect({
  name: 'nats',
  title: 'NATS',
  source: 'nats.ws 1.30',
  codes: [
    [
      1000,
      'Normal Closure',
      'normal',
      'yes',
      'The client closed the connection.',
      'Nothing is wrong.',
      { sentBy: 'client' },
    ],
    [
      1002,
      'Protocol Error',
      'transient',
      'yes',
      'The client closed after an error of its transport.',
      'Look for an -ERR line before the close.',
      { sentBy: 'client' },
    ],
  ],
  note: 'The server says why in an -ERR line before it closes.',
});

export const mqtt = defineDialect({
  name: 'mqtt',
  title: 'MQTT over WebSocket',
  aliases: ['mqttv3.1', 'mqtt5', 'mqttv5'],
  subprotocols: ['mqtt', 'mqttv3.1'],
  source: 'mqtt-packet 9.0 and MQTT 5',
  note: 'The reason is in CONNACK or, with MQTT 5, in DISCONNECT (0x87 not authorized, 0x8d keep alive timeout, 0x8e session taken over, 0x95 packet too large), not in the close code.',
});

export const wamp = defineDialect({
  name: 'wamp',
  title: 'WAMP',
  aliases: ['crossbar', 'autobahn'],
  subprotocols: ['wamp', /^wamp\.2\./],
  source: 'autobahn-js 22.11',
  note: 'The reason is a URI in ABORT or GOODBYE, such as `wamp.error.no_such_realm`, not the close code.',
});

export const phoenix = defineDialect({
  name: 'phoenix',
  title: 'Phoenix channels',
  aliases: ['supabase', 'phx', 'elixir'],
  subprotocols: ['phoenix'],
  source: 'phoenix 1.8.16 socket.js',
  codes: [
    [
      1000,
      'Normal Closure',
      'normal',
      'yes',
      'A normal close; with the reason "heartbeat timeout" the client itself gave up. Since 1.8 the client reconnects even then, because proxies close with 1000, too.',
      'Reconnect; answer heartbeats in time.',
      { sentBy: 'either' },
    ],
  ],
  note: 'No private close codes: channels report `phx_error` and `phx_close` messages.',
});

export const signalr = defineDialect({
  name: 'signalr',
  title: 'ASP.NET Core SignalR',
  source: '@microsoft/signalr 10.0',
  note: 'No private close codes: a Close message {"type":7,"error":…,"allowReconnect":…} says why.',
});

export const socketIo = defineDialect({
  name: 'socket.io',
  title: 'Socket.IO / Engine.IO',
  aliases: ['socketio', 'engine.io', 'engineio'],
  source: 'engine.io 6.6',
  note: 'No private close codes: before the upgrade an HTTP 400 with {"code":n} (0 transport unknown, 1 session id unknown, 2 bad method, 3 bad request, 4 forbidden, 5 protocol version), after it a message 44{"message":…}.',
});

export const actionCable = defineDialect({
  name: 'action-cable',
  title: 'Rails Action Cable',
  aliases: ['actioncable', 'rails'],
  subprotocols: ['actioncable-v1-json', 'actioncable-unsupported'],
  source: '@rails/actioncable 8.1',
  note: 'The reason is in a message {"type":"disconnect","reason":…,"reconnect":…}: unauthorized, invalid_request, server_restart or remote.',
});

export const homeAssistant = defineDialect({
  name: 'home-assistant',
  title: 'Home Assistant',
  aliases: ['homeassistant', 'hass'],
  source: 'home-assistant-js-websocket 9.7',
  note: 'A refused token gives a message {"type":"auth_invalid"}, then the close.',
});

export const kubernetes = defineDialect({
  name: 'kubernetes',
  title: 'Kubernetes exec, attach and port-forward',
  aliases: ['k8s', 'kubectl'],
  subprotocols: [/^(v\d\.)?(base64\.)?channel\.k8s\.io$/, /\.k8s\.io$/],
  source: '@kubernetes/client-node 2.0',
  note: 'No private close codes: a status JSON on channel 3 ({"status":"Failure",…}) comes before a close with 1000.',
});

export const stomp = defineDialect({
  name: 'stomp',
  title: 'STOMP',
  subprotocols: ['v10.stomp', 'v11.stomp', 'v12.stomp', 'stomp'],
  source: 'STOMP 1.2',
  note: 'The reason is in an ERROR frame before the close.',
});

export const ocpp = defineDialect({
  name: 'ocpp',
  title: 'OCPP',
  subprotocols: [/^ocpp\d/],
  source: 'OCPP-J 1.6',
  note: 'No private close codes: errors are CALLERROR messages [4,…].',
});
