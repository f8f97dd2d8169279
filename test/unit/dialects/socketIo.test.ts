import assert from 'node:assert/strict';
import { socketIo } from '../../../src/core/dialects/socketIo/index.js';
import { binary, decodeAll, hex, outline, shown, text } from './support.js';

describe('socket.io', () => {
  const rows: readonly (readonly [message: string, expected: string])[] = [
    [
      '< 0{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}',
      'control engine open ping every 25000 ms',
    ],
    ['> 40', 'request CONNECT {connect /} <CONNECT />'],
    ['< 40{"sid":"x"}', 'reply CONNECT {connect /}'],
    ['> 40/admin,{"token":"s3cret"}', 'request CONNECT /admin {connect /admin} <CONNECT /admin>'],
    ['< 44/admin,{"message":"Unauthorized"}', 'error CONNECT_ERROR /admin Unauthorized {connect /admin}'],
    ['> 42["chat","hello",{"a":1}]', 'event event chat [2 args] <chat>'],
    ['> 4212["chat","hello"]', 'request event chat #12 [1 arg] {/ 12} <chat>'],
    ['< 4312["ok"]', 'reply ack 12 [1 value] {/ 12}'],
    ['< 42/admin,["update"]', 'event event update [0 args] /admin <update>'],
    ['> 42/admin,7["get"]', 'request event get #7 [0 args] /admin {/admin 7} <get>'],
    ['< 41', 'control DISCONNECT'],
    ['< 41/admin,', 'control DISCONNECT /admin'],
    ['< 2', 'heartbeat ping {ping} <ping>'],
    ['> 3', 'heartbeat pong {ping}'],
    ['> 2probe', 'heartbeat ping probe {pingprobe} <ping>'],
    ['< 6', 'control noop'],
    ['< 42{"a":1}', 'event event [0 args] !EVENT without an array'],
    ['< 42["a"', 'event event a [0 args] <a> !no valid JSON from character 4'],
    ['< 49', 'error 9 !no Socket.IO packet type'],
    ['< hello', 'error hello !no Engine.IO packet type'],
    ['< ', 'error (nothing printable) !no Engine.IO packet type'],
    ['< 42[12,"number"]', 'event event 12 [1 arg] <12>'],
  ];
  for (const [message, expected] of rows) {
    it(message, async () => assert.deepEqual(outline(await decodeAll(socketIo, [text(message)])), [expected]));
  }

  it('joins a binary event with its attachments, in frames and in base64', async () => {
    const decoded = await decodeAll(socketIo, [
      text(
        '< 452-3["img",{"_placeholder":true,"num":0},"{\\"_placeholder\\":true,\\"num\\":1}",{"_placeholder":true,"num":1}]',
      ),
      hex('< 010203'),
      text('< 2'),
      text('< bBAU='),
    ]);
    assert.deepEqual(outline(decoded), [
      'request event img #3 [3 args] +2 binary {/ 3} <img>',
      'event attachment 1/2 of img (3 bytes)',
      'heartbeat ping {ping} <ping>',
      'event attachment 2/2 of img (2 bytes)',
    ]);
    assert.deepEqual(shown(decoded[3]), {
      namespace: '/',
      id: '3',
      data: ['img', { $binary: '010203', bytes: 3 }, '{"_placeholder":true,"num":1}', { $binary: '0405', bytes: 2 }],
    });
  });

  it('keeps attachments of both directions apart, and tells of those that never came', async () => {
    assert.deepEqual(
      outline(
        await decodeAll(socketIo, [
          text('< 451-["a",{"_placeholder":true,"num":0}]'),
          text('> 461-1[{"_placeholder":true,"num":0}]'),
          hex('> ff'),
          text('< 42["b"]'),
          hex('< ff'),
        ]),
      ),
      [
        'event event a [1 arg] +1 binary <a>',
        'reply ack 1 [1 value] +1 binary {/ 1}',
        'event attachment 1/1 of ack 1 (1 bytes)',
        'error attachments of a !1 of 1 attachments never came',
        'event event b [0 args] <b>',
        'event binary (1 bytes) !no packet announced an attachment',
      ],
    );
  });

  it('reads Engine.IO 3: typed binary, pings of the client, a greeting without session', async () => {
    assert.deepEqual(
      outline(
        await decodeAll(socketIo, [
          text('< 0{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":5000}'),
          text('< 40'),
          text('> 2'),
          text('< 3'),
          text('< 40/admin?token=1,'),
          text('< 451-["a",{"_placeholder":true,"num":0}]'),
          hex('< 04 0a0b'),
          text('< 451-["a",{"_placeholder":true,"num":0}]'),
          text('< b4Cgs='),
        ]),
      ),
      [
        'control engine open ping every 25000 ms',
        'reply CONNECT {connect /}',
        'heartbeat ping {ping} <ping>',
        'heartbeat pong {ping}',
        'reply CONNECT /admin?token=1 {connect /admin}',
        'event event a [1 arg] +1 binary <a>',
        'event attachment 1/1 of a (2 bytes)',
        'event event a [1 arg] +1 binary <a>',
        'event attachment 1/1 of a (2 bytes)',
      ],
    );
  });

  it('bounds attachments', async () => {
    const attachments = Array.from({ length: 150 }, () => binary('received', Buffer.alloc(10)));
    const decoded = await decodeAll(socketIo, [text('< 45999999999-["a"]'), ...attachments]);
    assert.equal(decoded[100]?.problem, undefined);
    assert.equal(decoded[101]?.problem, 'more than 100 attachments');
  });
});
