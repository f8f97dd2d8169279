import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { generate } from 'mqtt-packet';
import { saidCredentials } from '../../../src/core/redaction/saidCredentials.js';

const said = (message: string | Uint8Array) => saidCredentials(Buffer.from(message)).toSorted();
const JWT = `eyJ${'a'.repeat(20)}.eyJ${'b'.repeat(20)}.${'c'.repeat(43)}`;
const sasl = (mechanism: string, content: string) =>
  `<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="${mechanism}">${Buffer.from(content).toString('base64')}</auth>`;
const connect = (more: object) =>
  generate({
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clientId: 'c',
    clean: true,
    keepalive: 30,
    username: 'me',
    password: Buffer.from('hunter2-m'),
    ...more,
  });

describe('credentials in a message', () => {
  const LOGINS: Readonly<Record<string, readonly [message: string | Uint8Array, ...secrets: string[]]>> = {
    'connectionParams of GraphQL': [
      '{"type":"connection_init","payload":{"Authorization":"Bearer hunter2-g","headers":{"x-api-key":"KEY-12345"}}}',
      'Bearer hunter2-g',
      'KEY-12345',
      'hunter2-g',
    ],
    'a CONNECT of STOMP': ['CONNECT\naccept-version:1.2\nlogin:me\npasscode:hunt\\cer2\n\n\0', 'hunt:er2'],
    'the same within SockJS': [JSON.stringify(['STOMP\nlogin:me\npasscode:hunter2\n\n\0']), 'hunter2'],
    'a CONNECT of MQTT 3.1.1': [connect({}), 'hunter2-m'],
    'a CONNECT of MQTT 5 with a will': [
      connect({
        protocolVersion: 5,
        properties: { sessionExpiryInterval: 3_600, userProperties: { a: 'b' } },
        will: { topic: 'gone', payload: Buffer.from('x'.repeat(300)), qos: 1, properties: { willDelayInterval: 2 } },
      }),
      'hunter2-m',
    ],
    'a CONNECT of Socket.IO': ['40/admin,{"token":"TOK-abcdef"}', 'TOK-abcdef'],
    'a join of Phoenix': ['["1","1","room","phx_join",{"token":"TOK-abcdef"}]', 'TOK-abcdef'],
    'an answer to the challenge of WAMP': ['[5,"ticket-of-mine",{}]', 'ticket-of-mine'],
    'SASL PLAIN': [sasl('PLAIN', '\0me\0hunter2'), 'hunter2'],
    'SASL with a token': [sasl('X-OAUTH2', '\0me\x01tok'), Buffer.from('\0me\x01tok').toString('base64')],
    IRC: ['CAP REQ :twitch.tv/tags\r\nPASS oauth:abcdef123\r\nNICK me', 'oauth:abcdef123'],
    'a CONNECT of NATS': ['CONNECT {"verbose":false,"user":"u","pass":"hunter2"}\r\n', 'hunter2'],
    'a login in JSON': ['{"action":"login","user":"me","password":"hunter2"}', 'hunter2'],
    'a record of SignalR': ['{"arguments":[{"accessToken":"TOK-abcdef"}],"type":1}\x1e', 'TOK-abcdef'],
    'an identifier of Action Cable': [
      JSON.stringify({ command: 'subscribe', identifier: JSON.stringify({ channel: 'C', token: 'TOK-abcdef' }) }),
      'TOK-abcdef',
    ],
    'a JSON Web Token anywhere': [`hello ${JWT}, how are you`, JWT],
  };
  for (const [what, [message, ...secrets]] of Object.entries(LOGINS))
    it(`are found in ${what}`, () => assert.deepEqual(said(message), secrets));

  it('are not found in what only sounds alike', () => {
    for (const message of [
      '{"token":"usd-coin","key":"BTCUSDT-perp","nextPage":"abcdef123"}',
      '{"password":"","token":null,"auth":{"type":"bearer"},"secret":true}',
      '{"message":"the password is wrong","type":"token.expired"}',
      '[5,1,{"a":"b"}]',
      'CONNECTED\nversion:1.2\n\n\0',
      sasl('SCRAM-SHA-256', 'n,,n=me,r=abcdefghijkl'),
      connect({ username: undefined, password: undefined }),
      Uint8Array.of(0x10, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
      '{"password":',
      `{"password":"${'x'.repeat(70_000)}"}`,
    ])
      assert.deepEqual(said(message), []);
  });

  it('are sought in any bytes and any nesting without an end or an error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom('', '\x10', '40{', '{"a":'), (bytes, head) => {
        saidCredentials(Buffer.concat([Buffer.from(head, 'latin1'), bytes]));
      }),
    );
    assert.deepEqual(said(`${'['.repeat(30_000)}${']'.repeat(30_000)}`), []);
    let nested = '{"password":"hunter2"}';
    for (let depth = 0; depth < 12; depth++) nested = JSON.stringify({ inner: nested });
    assert.deepEqual(said(nested), []);
  });
});
