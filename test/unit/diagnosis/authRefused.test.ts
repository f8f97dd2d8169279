import assert from 'node:assert/strict';
import { diagnose } from '../../../src/core/diagnosis/diagnose.js';
import type { EvidenceParts } from '../../support/evidence.js';
import { answer, evidenceOf, frameRecord } from '../../support/evidence.js';

const refusals: readonly (readonly [dialect: string, message: string, words: RegExp])[] = [
  ['legacy GraphQL', '{"type":"connection_error","payload":{"message":"bad token"}}', /bad token/],
  ['Socket.IO', '44{"message":"not authorized"}', /not authorized/],
  ['Socket.IO in a namespace', '44/admin,{"message":"forbidden"}', /forbidden/],
  ['SignalR handshake', '{"error":"Requested protocol is not available."}\u001e', /Requested protocol/],
  ['SignalR close', '{"type":7,"error":"Connection closed with an error."}\u001e', /closed with an error/],
  ['Action Cable', '{"type":"disconnect","reason":"unauthorized","reconnect":false}', /unauthorized/],
  ['Action Cable subscription', '{"type":"reject_subscription","identifier":"{}"}', /\{\}/],
  ['Home Assistant', '{"type":"auth_invalid","message":"Invalid access token"}', /Invalid access token/],
  ['WAMP', '[3,{},"wamp.error.not_authorized"]', /wamp\.error\.not_authorized/],
  ['Phoenix', '["1","1","room:1","phx_reply",{"status":"error","response":{"reason":"unauthorized"}}]', /unauthorized/],
  ['Pusher', '{"event":"pusher:error","data":{"code":4001,"message":"No such app"}}', /No such app/],
  ['Pusher, JSON in a string', '{"event":"pusher:error","data":"{\\"message\\":\\"No such app\\"}"}', /No such app/],
  ['Centrifugo', '{"id":1,"error":{"code":109,"message":"token expired"}}', /token expired/],
  ['Ably', '{"action":9,"error":{"code":40101,"message":"Invalid credentials"}}', /Invalid credentials/],
  ['STOMP', 'ERROR\nmessage:Bad credentials\n\n\u0000', /Bad credentials/],
  ['NATS', "-ERR 'Authorization Violation'", /Authorization Violation/],
  ['an application', '{"error":"Unauthorized"}', /Unauthorized/],
  ['another application', '{"type":"error","message":"invalid API key"}', /invalid API key/],
];

const peaceful: readonly string[] = [
  'hello',
  '{"type":"connection_ack"}',
  '{"type":"welcome"}',
  '{"id":1,"result":{"forbidden":false}}',
  '{"jsonrpc":"2.0","error":{"code":-32601,"message":"Method not found"},"id":1}',
  '[3,"id",{"currentTime":"now"}]',
  '["1","1","room:1","phx_reply",{"status":"ok","response":{}}]',
  '42["message","unauthorized"]',
  '{"broken',
];

const opened = (parts: EvidenceParts) => evidenceOf({ response: answer(101), ...parts });

describe('message.auth-refused', () => {
  for (const [dialect, message, words] of refusals) {
    it(`reads the refusal of ${dialect}`, () => {
      const [finding] = diagnose(opened({ messages: [message], failure: { phase: 'message', kind: 'no-reply' } }));
      assert.equal(finding?.id, 'message.auth-refused');
      assert.match(finding.title, words);
    });
  }

  for (const message of peaceful) {
    it(`finds no refusal in ${message}`, () => assert.deepEqual(diagnose(opened({ messages: [message] })), []));
  }

  it('is a warning where the profile is content', () => {
    const [finding] = diagnose(opened({ messages: ['{"error":"Unauthorized"}'] }));
    assert.equal(finding?.severity, 'warning');
  });

  it('reads an MQTT CONNACK', () => {
    const connack = (hex: string) =>
      diagnose(
        opened({
          plan: { subprotocols: ['mqtt'] },
          report: { frames: [frameRecord({ opcode: 2, base64: Buffer.from(hex, 'hex').toString('base64') })] },
        }),
      )[0];
    assert.match(connack('20020005')?.title ?? '', /CONNACK 0x05: not authorized/);
    assert.match(connack('2003008700')?.title ?? '', /CONNACK 0x87: not authorized/);
    assert.equal(connack('20020000'), undefined);
  });
});
