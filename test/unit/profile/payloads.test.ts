import assert from 'node:assert/strict';
import { parseProfile } from '../../../src/core/profile/parse.js';
import { payloadProblem } from '../../../src/core/profile/payloadCheck.js';
import { resolveText } from '../../../src/core/profile/resolve.js';
import { assertProblem, marked } from './marked.js';

const around = (send: string) => `{ "url": "ws://h", "message": { "send": ${send} } }`;

describe('payloads of a profile', () => {
  const sound = [
    '{ "stomp": { "command": "CONNECT" }, "wrap": "sockjs" }',
    '{ "msgpack": { "id": "${seq}" }, "compress": "gzip" }',
    '{ "cbor": [1, null], "binary": true }',
    '{ "protobuf": { "schema": "./a.proto", "type": "shop.Order", "value": { "id": "${uuid}" } } }',
    '{ "socketio": { "event": "join", "args": ["r1"], "namespace": "/admin", "ack": "${seq}" } }',
    '{ "signalr": { "type": 6 } }',
    '{ "stomp": { "command": "SEND", "headers": { "destination": "/q" }, "body": { "a": 1 } } }',
    '{ "mqtt": { "cmd": "publish", "topic": "a/b", "payload": "hi" } }',
  ];
  for (const send of sound) {
    it(`may be ${send}`, () => {
      assert.deepEqual(parseProfile(around(send)).problems, []);
      const { plan } = resolveText(around(send), { env: {}, secrets: {}, baseDir: null });
      assert.deepEqual(plan?.message?.send, JSON.parse(send));
    });
  }

  const wrong: readonly (readonly [send: string, code: string, message: RegExp])[] = [
    ['{ "msgpack": 1, «"cbor"»: 2 }', 'invalid-value', /exactly one of `text`, `json`, .*`mqtt`/],
    ['«{» "compress": "gzip" }', 'invalid-value', /exactly one of/],
    ['{ "json": 1, "wrap": «"stomp"» }', 'invalid-value', /"sockjs"/],
    ['{ "json": 1, "compress": "gzip", «"wrap"»: "sockjs" }', 'conflict', /carries texts, and `compress` gives bytes/],
    ['{ "hex": "00", «"wrap"»: "sockjs" }', 'conflict', /`hex` gives bytes/],
    ['{ "json": 1, "compress": «"zip"» }', 'invalid-value', /"gzip", "deflate" or "brotli"/],
    ['{ "json": 1, "binary": «false» }', 'invalid-value', /must be true/],
    ['{ «"mspack"»: 1, "json": 2 }', 'unknown-key', /Did you mean `msgpack`/],
    ['{ "msgpack": «12345678901234567890» }', 'number-precision', /would be sent as 12345678901234567000/],
    ['{ "protobuf": «{» "schema": "a.proto", "type": "T" } }', 'missing-key', /needs the key `value`/],
    [
      '{ "protobuf": { "schema": "a.proto", "type": «"not a name"», "value": {} } }',
      'invalid-value',
      /package\.Message/,
    ],
    ['{ "protobuf": { "schema": "a.proto", "type": "T", "value": «[]» } }', 'wrong-type', /an object/],
    [
      '{ "protobuf": { "schema": «"${seq}.proto"», "type": "T", "value": {} } }',
      'unresolved-variable',
      /filled in as a message is sent/,
    ],
    ['{ "socketio": «{» "args": [] } }', 'missing-key', /`event`/],
    ['{ "socketio": { "event": "a", "namespace": «"admin"» } }', 'invalid-value', /a slash/],
    ['{ "socketio": { "event": "a", "ack": «-1» } }', 'out-of-range', /whole number/],
    ['{ "stomp": { "command": «"send"» } }', 'invalid-value', /in capitals/],
    ['{ "mqtt": { "cmd": «"publsh"» } }', 'invalid-value', /Did you mean "publish"/],
    ['{ "mqtt": «{» "topic": "a" } }', 'missing-key', /`cmd`/],
    ['{ "mqtt": «"pingreq"» }', 'wrong-type', /a packet/],
  ];
  for (const [send, code, message] of wrong) {
    it(`may not be ${send}`, () => {
      const source = around(send);
      const { problems } = resolveText(marked(source).text, { env: {}, secrets: {}, baseDir: null });
      assertProblem(source, problems, code, message);
    });
  }

  it('may hold any key in what they carry', () => {
    const send = '{ "json": { "schema": "${seq}", "file": "${seq}", "send": { "file": "${uuid}" } } }';
    const steps = `{ "url": "ws://h", "steps": [{ "send": ${send} }] }`;
    for (const text of [around(send), steps]) assert.deepEqual(parseProfile(text).problems, []);
  });

  it('are judged alike where they stand in no profile', () => {
    assert.equal(payloadProblem('{ "mqtt": { "cmd": "${what}", "qos": 1 } }'), null);
    assert.match(payloadProblem('{ "stomp": { "command": "x" } }') ?? '', /`send\.stomp\.command`/);
  });
});
