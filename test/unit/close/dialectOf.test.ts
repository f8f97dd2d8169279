import assert from 'node:assert/strict';
import { dialectOf, dialects, findDialect } from '../../../src/core/close/dialects.js';

const seen: readonly (readonly [Parameters<typeof dialectOf>[0], string | null])[] = [
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
  [{ url: 'ws://h/', firstMessage: '0{"sid":"a"}' }, 'socket.io'],
  [{ url: 'ws://h/', firstMessage: '{"type":"welcome"}' }, 'action-cable'],
  [{ url: 'ws://h/', firstMessage: '{"type":"auth_required","ha_version":"1"}' }, 'home-assistant'],
  [{ url: 'ws://h/', firstMessage: 'hello' }, null],
  [{}, null],
];

describe('dialectOf', () => {
  for (const [what, dialect] of seen) {
    it(`${JSON.stringify(what)} is ${dialect}`, () => assert.equal(dialectOf(what), dialect));
  }

  it('answers only with names that --dialect takes', () => {
    for (const [, dialect] of seen) assert.ok(dialect === null || dialects.includes(dialect));
  });
});

describe('findDialect', () => {
  it('knows names, aliases and tokens in any case', () => {
    assert.equal(findDialect('Pusher')?.name, 'pusher');
    assert.equal(findDialect(' K8S ')?.name, 'kubernetes');
    assert.equal(findDialect('wamp.2.json')?.name, 'wamp');
    assert.equal(findDialect('graphql-ws')?.name, 'graphql-ws');
    assert.equal(findDialect(''), null);
  });
});
