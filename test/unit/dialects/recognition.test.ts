import assert from 'node:assert/strict';
import { encode as encodeMsgpack } from '@msgpack/msgpack';
import { encode as encodeCbor } from 'cbor2';
import * as fc from 'fast-check';
import { DIALECT_NAMES, dialectWords } from '../../../src/core/base/dialectNames.js';
import type { DialectMessage } from '../../../src/core/dialects/dialect.js';
import { judgeDialect } from '../../../src/core/dialects/judgeDialect.js';
import { DIALECTS, findDialect } from '../../../src/core/dialects/registry.js';
import { binary, hex, text } from './support.js';

function recognised(subprotocol: string | null, url: string, messages: readonly DialectMessage[] = []): string | null {
  return judgeDialect({ wanted: 'auto', subprotocol, offered: [], url, messages }).dialect?.name ?? null;
}

const plain = 'wss://example.com/ws';

describe('recognition', () => {
  const tokens: readonly (readonly [token: string, dialect: string | null])[] = [
    ['graphql-transport-ws', 'graphql-transport-ws'],
    ['graphql-ws', 'graphql-ws'],
    ['aws-appsync-event-ws', 'graphql-ws'],
    ['v12.stomp', 'stomp'],
    ['mqtt', 'mqtt'],
    ['mqttv3.1', 'mqtt'],
    ['wamp.2.msgpack', 'wamp'],
    ['wamp.2.json.batched', 'wamp'],
    ['phoenix', 'phoenix'],
    ['actioncable-v1-json', 'action-cable'],
    ['ocpp1.6', 'ocpp'],
    ['ocpp2.0.1', 'ocpp'],
    ['mcp', null],
    ['chat', null],
  ];
  for (const [token, dialect] of tokens) {
    it(`subprotocol ${token}: ${dialect}`, () => assert.equal(recognised(token, plain), dialect));
  }

  const urls: readonly (readonly [url: string, dialect: string | null])[] = [
    ['ws://a/socket.io/?EIO=4&transport=websocket', 'socket.io'],
    ['wss://ws-eu.pusher.com/app/key?protocol=7', 'pusher'],
    ['wss://a/socket/websocket?vsn=2.0.0', 'phoenix'],
    ['wss://a/cable', 'action-cable'],
    ['wss://x.appsync-realtime-api.eu-west-1.amazonaws.com/graphql', 'graphql-ws'],
    ['wss://a/v1/graphql', 'hasura'],
    ['ws://127.0.0.1:9222/devtools/page/ABC', 'json-rpc'],
    ['wss://a/chat', null],
    ['not a url', null],
  ];
  for (const [url, dialect] of urls) {
    it(`URL ${url}: ${dialect}`, () => assert.equal(recognised(null, url), dialect));
  }

  const conversations: readonly (readonly [dialect: string | null, ...messages: DialectMessage[]])[] = [
    ['graphql-transport-ws', text('> {"type":"connection_init"}')],
    [
      'graphql-transport-ws',
      text('> {"type":"connection_init"}'),
      text('< {"type":"connection_ack"}'),
      text('> {"id":"1","type":"subscribe"}'),
    ],
    ['graphql-ws', text('> {"type":"connection_init"}'), text('< {"type":"connection_ack"}'), text('< {"type":"ka"}')],
    ['graphql-ws', text('> {"type":"connection_init"}'), text('> {"id":"1","type":"start"}')],
    ['socket.io', text('< 0{"sid":"abc","upgrades":[]}')],
    ['socket.io', text('> 42["chat","hello"]')],
    ['signalr', text('> {"protocol":"messagepack","version":1}\x1e')],
    ['stomp', text('> CONNECT\naccept-version:1.2\nhost:a\n\n\0')],
    ['stomp', text('< MESSAGE\r\ndestination:/a\r\n\r\nhi\0')],
    ['mqtt', hex('> 10 10 0004 4d515454 04 02 003c 0004 74657374')],
    ['mqtt', hex('< 20 02 00 00')],
    ['wamp', text('> [1,"realm1",{"roles":{}}]')],
    ['wamp', binary('sent', encodeMsgpack([1, 'realm1', { roles: {} }]))],
    ['wamp', binary('received', encodeCbor([2, 77, { roles: {} }]))],
    ['phoenix', text('> ["1","1","room:1","phx_join",{}]')],
    ['phoenix', text('> {"topic":"phoenix","event":"heartbeat","payload":{},"ref":"1"}')],
    ['action-cable', text('< {"type":"welcome"}'), text('< {"type":"ping","message":1700000000}')],
    ['action-cable', text('> {"command":"subscribe","identifier":"{\\"channel\\":\\"A\\"}"}')],
    ['pusher', text('< {"event":"pusher:connection_established","data":"{}"}')],
    ['json-rpc', text('> {"jsonrpc":"2.0","id":1,"method":"initialize"}')],
    ['json-rpc', text('> [{"jsonrpc":"2.0","id":1,"method":"a"}]')],
    ['ocpp', text('> [2,"1","BootNotification",{}]')],
    ['msgpack', binary('sent', encodeMsgpack({ type: 'join', room: 1 }))],
    ['cbor', binary('sent', encodeCbor({ type: 'join', room: 1 }))],
    ['cbor', hex('< d9d9f7 01')],
    // Chat, feeds and games that have nothing to do with any of them.
    [null, text('> hello'), text('< hello back')],
    [null, text('> {"type":"message","id":1,"payload":"hi"}'), text('< {"type":"ack","id":1}')],
    [null, text('< {"type":"welcome","user":"ann"}'), text('> {"type":"subscribe","id":"1","channel":"trades"}')],
    [null, text('< {"type":"ping"}'), text('> {"type":"pong"}')],
    [null, text('< {"event":"message","data":{"text":"hi"}}')],
    [null, text('> {"id":1,"method":"SUBSCRIBE","params":["btcusdt@trade"]}')],
    [null, text('< {"topic":"orders","event":"created","payload":{}}')],
    [null, text('< [1,"a",2]'), text('> [2,"b"]')],
    [null, text('> [2,"1","move",{"x":1}]')],
    [null, text('< ["update",{"a":1}]')],
    [null, text('< 0'), text('< 2'), text('< 42')],
    [null, text('< 42 is the answer')],
    [null, text('> SEND me more\n')],
    [null, text('< MESSAGE\nhello')],
    [null, hex('< 89504e470d0a1a0a0000000d49484452')],
    [null, hex('< 0a05416c696365100118c801')],
    [null, hex('< ffd8ffe000104a464946000101')],
    [null, hex('< 2002ffff'), hex('< 0000000000')],
    [null],
  ];
  for (const [dialect, ...messages] of conversations) {
    const title = messages.map(({ bytes }) => JSON.stringify(Buffer.from(bytes).toString('latin1'))).join(' ');
    it(`${dialect}: ${title}`, () => assert.equal(recognised(null, plain, messages), dialect));
  }

  const signs: readonly (readonly [
    seen: { readonly subprotocol?: string; readonly url?: string; readonly greeting?: string },
    dialect: string | null,
  ])[] = [
    [{ subprotocol: 'graphql-transport-ws' }, 'graphql-transport-ws'],
    [{ subprotocol: 'graphql-ws' }, 'graphql-ws'],
    [{ subprotocol: 'mqttv3.1' }, 'mqtt'],
    [{ subprotocol: 'wamp.2.msgpack' }, 'wamp'],
    [{ subprotocol: 'v12.stomp' }, 'stomp'],
    [{ subprotocol: 'v4.channel.k8s.io' }, 'kubernetes'],
    [{ subprotocol: 'actioncable-v1-json' }, 'action-cable'],
    [{ subprotocol: 'obswebsocket.json' }, 'obs'],
    [{ subprotocol: 'ocpp1.6' }, 'ocpp'],
    [{ subprotocol: 'GRAPHQL-WS' }, null],
    [{ subprotocol: 'graphql-ws', url: 'ws://h/socket.io/?EIO=4' }, 'graphql-ws'],
    [{ url: 'ws://h/socket.io/?EIO=4&transport=websocket' }, 'socket.io'],
    [{ url: 'ws://h/app/KEY?protocol=7' }, 'pusher'],
    [{ url: 'ws://h/app/KEY' }, null],
    [{ url: 'ws://h/socket/websocket?vsn=2.0.0' }, 'phoenix'],
    [{ url: 'wss://h/cable' }, 'action-cable'],
    [{ url: 'wss://h:8084/mqtt' }, 'mqtt'],
    [{ url: 'ws://h:8123/api/websocket' }, 'home-assistant'],
    [{ url: 'wss://h/api/v4/websocket' }, 'mattermost'],
    [{ url: 'wss://gateway.discord.gg/?v=10&encoding=json' }, 'discord'],
    [{ url: 'wss://x.discord.media/?v=8' }, 'discord-voice'],
    [{ url: 'wss://eventsub.wss.twitch.tv/ws' }, 'twitch-eventsub'],
    [{ url: 'wss://abc.execute-api.eu-west-1.amazonaws.com/prod' }, 'aws-api-gateway'],
    [{ url: 'wss://api.deepgram.com/v1/listen' }, 'deepgram'],
    [{ url: 'ws://h/connection/websocket' }, 'centrifugo'],
    [{ url: 'ws://h/v1/graphql' }, 'hasura'],
    [{ url: 'ws://h/echo/000/abcd/websocket' }, 'sockjs'],
    [{ url: 'wss://h/api/v1/namespaces/default/pods/web/exec?command=sh' }, 'kubernetes'],
    [{ url: 'wss://evil.test/?discord.gg' }, null],
    [{ url: 'not a url' }, null],
    [{ url: 'ws://h/', greeting: '0{"sid":"a"}' }, 'socket.io'],
    [{ url: 'ws://h/', greeting: '{"type":"welcome"}' }, 'action-cable'],
    [{ url: 'ws://h/', greeting: '{"type":"auth_required","ha_version":"1"}' }, 'home-assistant'],
    [{ url: 'ws://h/', greeting: 'hello' }, null],
    [{}, null],
  ];
  for (const [{ subprotocol = null, url = '', greeting }, dialect] of signs) {
    const title = [subprotocol, url, greeting].filter(Boolean).join(' ') || 'nothing';
    it(`${title}: ${dialect}`, () => {
      const messages = greeting === undefined ? [] : [text(`< ${greeting}`)];
      assert.equal(recognised(subprotocol, url, messages), dialect);
    });
  }

  it('prefers what was negotiated to what the messages look like', () => {
    assert.equal(
      recognised('graphql-transport-ws', 'ws://a/socket.io/?EIO=4', [text('< 0{"sid":"x"}')]),
      'graphql-transport-ws',
    );
  });

  it('claims no plain JSON and no random bytes', () => {
    const anyJson = fc.jsonValue().map((value) => text(`< ${JSON.stringify(value)}`));
    fc.assert(
      fc.property(fc.array(anyJson, { maxLength: 4 }), (messages) => recognised(null, plain, messages) === null),
    );
    // Short bytes may be a MessagePack or CBOR value by chance; a stream of them is not.
    const anyBytes = fc.uint8Array({ minLength: 12, maxLength: 64 }).map((bytes) => binary('received', bytes));
    fc.assert(
      fc.property(
        fc.array(anyBytes, { minLength: 3, maxLength: 5 }),
        (messages) => recognised(null, plain, messages) === null,
      ),
    );
  });
});

describe('names of dialects', () => {
  it('are those of base, in the same order', () => {
    assert.deepEqual(
      DIALECTS.map(({ name }) => name),
      DIALECT_NAMES,
    );
  });

  it('and aliases belong to one dialect each', () => {
    assert.equal(new Set(dialectWords()).size, dialectWords().length);
    for (const word of dialectWords()) assert.ok(findDialect(word), word);
  });

  const names: readonly (readonly [name: string, dialect: string | null])[] = [
    ['GraphQL', 'graphql-transport-ws'],
    ['appsync', 'graphql-ws'],
    ['hasura', 'hasura'],
    ['socketio', 'socket.io'],
    ['engine.io', 'socket.io'],
    ['supabase', 'phoenix'],
    ['rails', 'action-cable'],
    ['reverb', 'pusher'],
    ['crossbar', 'wamp'],
    ['v12.stomp', 'stomp'],
    ['mqtt5', 'mqtt'],
    [' JSON-RPC ', 'json-rpc'],
    ['mcp', 'json-rpc'],
    ['cbor', 'cbor'],
    ['auto', null],
    ['none', null],
    ['Discord', 'discord'],
    [' K8S ', 'kubernetes'],
    ['wamp.2.json', 'wamp'],
    ['graphql-ws', 'graphql-ws'],
    ['constructor', null],
    ['', null],
  ];
  for (const [name, dialect] of names) {
    it(`${JSON.stringify(name)}: ${dialect}`, () => assert.equal(findDialect(name)?.name ?? null, dialect));
  }
  for (const { name } of DIALECTS) it(`${name} finds itself`, () => assert.equal(findDialect(name)?.name, name));
});
