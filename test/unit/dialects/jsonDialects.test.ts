import assert from 'node:assert/strict';
import { actionCable } from '../../../src/core/dialects/actionCable/index.js';
import type { ReadableDialect } from '../../../src/core/dialects/dialect.js';
import { graphqlTransportWs, graphqlWs } from '../../../src/core/dialects/graphql/index.js';
import { jsonRpc } from '../../../src/core/dialects/jsonRpc/index.js';
import { ocpp } from '../../../src/core/dialects/ocpp/index.js';
import { phoenix } from '../../../src/core/dialects/phoenix/index.js';
import { pusher } from '../../../src/core/dialects/pusher/index.js';
import { decodeAll, decodeOne, hex, outline, shown, text } from './support.js';

type Row = readonly [message: string, ...expected: string[]];

const tables: readonly (readonly [dialect: ReadableDialect, rows: readonly Row[]])[] = [
  [
    graphqlTransportWs,
    [
      [
        '> {"type":"connection_init","payload":{"token":"s3cret"}}',
        'request connection_init {connection} <connection_init>',
      ],
      ['< {"type":"connection_ack"}', 'reply connection_ack {connection}'],
      ['> {"type":"ping"}', 'heartbeat ping {ping} <ping>'],
      ['< {"type":"pong"}', 'heartbeat pong {ping}'],
      [
        '> {"id":"1","type":"subscribe","payload":{"operationName":"OnOrder","query":"subscription OnOrder { order { id } }"}}',
        'request subscribe #1 OnOrder {1} <OnOrder>',
      ],
      [
        '> {"id":"2","type":"subscribe","payload":{"query":"query Orders($n: Int) { orders(n: $n) { id } }"}}',
        'request subscribe #2 Orders {2} <Orders>',
      ],
      [
        '> {"id":"3","type":"subscribe","payload":{"query":"subscription { ticks }"}}',
        'request subscribe #3 subscription { ticks } {3} <subscription { ticks }>',
      ],
      ['> {"id":"4","type":"subscribe","payload":{}}', 'request subscribe #4 {4} <subscribe>'],
      ['< {"id":"1","type":"next","payload":{"data":{"order":{"id":7}}}}', 'reply next #1 {1}'],
      ['< {"id":"2","type":"next","payload":{"data":null,"errors":[{"message":"no"}]}}', 'error next #2 (errors) {2}'],
      ['< {"id":"3","type":"error","payload":[{"message":"no"}]}', 'error error #3 {3}'],
      ['< {"id":"1","type":"complete"}', 'reply complete #1 {1}'],
      ['> {"id":"1","type":"complete"}', 'control complete #1 {1}'],
      ['< {"type":"chat","text":"hi"}', 'event {"type":"chat","text":"hi"} !not a message of this GraphQL protocol'],
      ['< {"type":"constructor"}', 'event {"type":"constructor"} !not a message of this GraphQL protocol'],
      ['< {"id":"1","type":"next"', 'reply next #1 {1} !no valid JSON from character 23'],
      ['< hello', 'error hello !no valid JSON from character 0'],
      ['< ', 'error (nothing printable) !empty: no JSON'],
    ],
  ],
  [
    graphqlWs,
    [
      ['> {"id":"1","type":"start","payload":{"query":"subscription A { a }"}}', 'request start #1 A {1} <A>'],
      ['< {"type":"ka"}', 'heartbeat ka'],
      ['< {"id":"1","type":"data","payload":{"data":{}}}', 'reply data #1 {1}'],
      ['> {"id":"1","type":"stop"}', 'control stop #1 {1}'],
      ['< {"type":"connection_error","payload":{"message":"no"}}', 'error connection_error {connection}'],
      [
        '> {"id":"9","type":"start","payload":{"data":"{\\"query\\":\\"subscription OnCreate { onCreate { id } }\\"}","extensions":{}}}',
        'request start #9 OnCreate {9} <OnCreate>',
      ],
      ['< {"id":"9","type":"start_ack"}', 'reply start_ack #9 {9}'],
      [
        '> {"id":"5","type":"subscribe","channel":"/default/a","authorization":{}}',
        'request subscribe #5 /default/a {5} <subscribe /default/a>',
      ],
      ['< {"id":"5","type":"subscribe_success"}', 'reply subscribe_success #5 {5}'],
      ['< {"id":"6","type":"publish_error","errors":[]}', 'error publish_error #6 {publish 6}'],
    ],
  ],
  [
    phoenix,
    [
      ['> ["1","1","room:1","phx_join",{}]', 'request phx_join room:1 #1 {1} <phx_join room:1>'],
      ['< ["1","1","room:1","phx_reply",{"status":"ok","response":{}}]', 'reply phx_reply room:1 ok #1 {1}'],
      [
        '< ["1","2","room:1","phx_reply",{"status":"error","response":{"reason":"unauthorized"}}]',
        'error phx_reply room:1 error #2 {2}',
      ],
      ['> [null,"3","phoenix","heartbeat",{}]', 'heartbeat heartbeat phoenix #3 {3} <heartbeat>'],
      ['< [null,"3","phoenix","phx_reply",{"status":"ok","response":{}}]', 'heartbeat phx_reply phoenix ok #3 {3}'],
      ['< ["1",null,"room:1","new_msg",{"body":"hi"}]', 'event new_msg room:1 <new_msg>'],
      ['> ["1","4","room:1","new_msg",{"body":"hi"}]', 'request new_msg room:1 #4 {4} <new_msg>'],
      ['< ["1",null,"room:1","phx_error",{}]', 'error phx_error room:1'],
      ['< ["1","1","room:1","phx_close",{}]', 'control phx_close room:1 #1'],
      [
        '> {"topic":"room:1","event":"phx_join","payload":{},"ref":"1"}',
        'request phx_join room:1 #1 {1} <phx_join room:1>',
      ],
      [
        '< {"topic":"room:1","event":"phx_reply","payload":{"status":"ok","response":{}},"ref":"1"}',
        'reply phx_reply room:1 ok #1 {1}',
      ],
      ['< [1,2]', 'event [1,2] !not a Phoenix message'],
    ],
  ],
  [
    actionCable,
    [
      ['< {"type":"welcome"}', 'control welcome'],
      ['< {"type":"ping","message":1700000000}', 'heartbeat ping'],
      [
        '> {"command":"subscribe","identifier":"{\\"channel\\":\\"ChatChannel\\",\\"room\\":\\"1\\"}"}',
        'request subscribe ChatChannel {{"channel":"ChatChannel","room":"1"}} <subscribe ChatChannel>',
      ],
      [
        '< {"identifier":"{\\"channel\\":\\"ChatChannel\\"}","type":"confirm_subscription"}',
        'reply confirm_subscription ChatChannel {{"channel":"ChatChannel"}}',
      ],
      [
        '< {"identifier":"{\\"channel\\":\\"A\\"}","type":"reject_subscription"}',
        'error reject_subscription A {{"channel":"A"}}',
      ],
      [
        '> {"command":"message","identifier":"{\\"channel\\":\\"ChatChannel\\"}","data":"{\\"action\\":\\"speak\\",\\"text\\":\\"hi\\"}"}',
        'event message ChatChannel speak <message ChatChannel speak>',
      ],
      [
        '< {"identifier":"{\\"channel\\":\\"ChatChannel\\"}","message":{"text":"hi"}}',
        'event message ChatChannel <ChatChannel>',
      ],
      ['< {"type":"disconnect","reason":"unauthorized","reconnect":false}', 'control disconnect unauthorized'],
    ],
  ],
  [
    pusher,
    [
      [
        '< {"event":"pusher:connection_established","data":"{\\"socket_id\\":\\"1.2\\",\\"activity_timeout\\":120}"}',
        'control pusher:connection_established',
      ],
      [
        '> {"event":"pusher:subscribe","data":{"channel":"private-a","auth":"key:sig"}}',
        'request pusher:subscribe private-a {subscribe private-a} <subscribe private-a>',
      ],
      [
        '< {"event":"pusher_internal:subscription_succeeded","data":"{}","channel":"private-a"}',
        'reply pusher_internal:subscription_succeeded private-a {subscribe private-a}',
      ],
      [
        '< {"event":"pusher:subscription_error","data":{"status":403},"channel":"private-a"}',
        'error pusher:subscription_error private-a 403 {subscribe private-a}',
      ],
      [
        '< {"event":"pusher:error","data":{"code":4001,"message":"App does not exist"}}',
        'error pusher:error 4001 App does not exist',
      ],
      ['> {"event":"pusher:ping","data":{}}', 'heartbeat pusher:ping {ping} <ping>'],
      ['< {"event":"pusher:pong","data":"{}"}', 'heartbeat pusher:pong {ping}'],
      ['> {"event":"pusher:unsubscribe","data":{"channel":"a"}}', 'control pusher:unsubscribe a {subscribe a}'],
      [
        '< {"event":"order.created","channel":"private-a","data":"{\\"id\\":1}"}',
        'event order.created private-a <order.created>',
      ],
    ],
  ],
  [
    jsonRpc,
    [
      [
        '> {"jsonrpc":"2.0","id":1,"method":"subtract","params":[42,23]}',
        'request subtract #1 [2 args] {#1} <subtract>',
      ],
      ['< {"jsonrpc":"2.0","id":1,"result":19}', 'reply result #1 19 {#1}'],
      ['> {"jsonrpc":"2.0","id":"1","method":"get"}', 'request get #1 {1} <get>'],
      ['< {"jsonrpc":"2.0","id":"1","result":null}', 'reply result #1 {1}'],
      [
        '< {"jsonrpc":"2.0","id":2,"error":{"code":-32601,"message":"Method not found"}}',
        'error error #2 -32601 Method not found {#2}',
      ],
      ['< {"jsonrpc":"2.0","method":"update","params":{}}', 'event update notification <update>'],
      [
        '> {"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"search","arguments":{}}}',
        'request tools/call search #3 {#3} <tools/call search>',
      ],
      [
        '> {"jsonrpc":"2.0","id":12345678901234567890,"method":"big"}',
        'request big #12345678901234567890 {#12345678901234567890} <big>',
      ],
      ['> {"id":4,"method":"Page.enable"}', 'request Page.enable #4 {#4} <Page.enable>'],
      [
        '> [{"jsonrpc":"2.0","id":5,"method":"a"},{"jsonrpc":"2.0","method":"b"},7]',
        'request batch 1/3: a #5 {#5} <a>',
        'event batch 2/3: b notification <b>',
      ],
      ['< [{"jsonrpc":"2.0","id":5,"result":{}}]', 'reply batch 1/1: result #5 {#5}'],
      ['< []', 'event [] !not a JSON-RPC call or reply'],
    ],
  ],
  [
    ocpp,
    [
      [
        '> [2,"19223201","BootNotification",{"chargePointModel":"X"}]',
        'request [2] BootNotification #19223201 {19223201} <BootNotification>',
      ],
      ['< [3,"19223201",{"status":"Accepted"}]', 'reply [3] #19223201 {19223201}'],
      ['> [2,"2","Heartbeat",{}]', 'heartbeat [2] Heartbeat #2 {2} <Heartbeat>'],
      ['< [4,"3","NotSupported","no",{}]', 'error [4] #3 NotSupported no {3}'],
      [
        '> [6,"4","NotifyPeriodicEventStream",{}]',
        'event [6] NotifyPeriodicEventStream #4 <NotifyPeriodicEventStream>',
      ],
      ['< [9,"4"]', 'event [9,"4"] !not an OCPP message'],
    ],
  ],
];

for (const [dialect, rows] of tables) {
  describe(dialect.name, () => {
    for (const [message, ...expected] of rows) {
      it(message, async () => {
        assert.deepEqual(outline(await decodeAll(dialect, [text(message)])), expected);
      });
    }
  });
}

describe('values of JSON dialects', () => {
  it('names the parts of an array, and keeps digits and order of what is in them', async () => {
    const [one] = await decodeAll(ocpp, [text('> [2,"1","MeterValues",{"value":12345678901234567890,"1":0}]')]);
    assert.deepEqual(shown(one), {
      messageType: 2,
      id: '1',
      action: 'MeterValues',
      payload: JSON.parse('{"value":12345678901234567890,"1":0}'),
    });
  });

  it('opens JSON that is held in a string', async () => {
    const [one] = await decodeAll(pusher, [text('< {"event":"a","channel":"c","data":"{\\"id\\":1}"}')]);
    assert.deepEqual(shown(one), { event: 'a', channel: 'c', data: { id: 1 } });
    const [two] = await decodeAll(actionCable, [
      text('> {"command":"subscribe","identifier":"{\\"channel\\":\\"C\\"}"}'),
    ]);
    assert.deepEqual(shown(two), { command: 'subscribe', identifier: { channel: 'C' } });
  });

  it('shows nothing decoded where the text says it all', async () => {
    const [one] = await decodeAll(jsonRpc, [text('> {"jsonrpc":"2.0","id":1,"method":"a"}')]);
    assert.equal(one && 'value' in one, false);
  });
});

describe('Phoenix in binary', () => {
  it('reads pushes with and without ref, replies and broadcasts', async () => {
    const decoder = await phoenix.createDecoder();
    const rows: readonly Row[] = [
      // kind, four lengths, "1" "2" "room:1" "file", then the payload
      ['> 00 01 01 06 04 31 32 726f6f6d3a31 66696c65 010203', 'request file room:1 #2 {2} <file>'],
      ['< 00 01 06 04 31 726f6f6d3a31 66696c65 01ff', 'event file room:1 <file>'],
      ['< 01 01 01 06 02 31 32 726f6f6d3a31 6f6b 7b7d', 'reply phx_reply room:1 ok #2 {2}'],
      ['< 02 06 04 726f6f6d3a31 66696c65 ff', 'event file room:1 <file>'],
      ['< 02 ff 04 72', 'error 4 bytes !not a binary Phoenix message'],
      ['< 09', 'error 1 bytes !not a binary Phoenix message'],
    ];
    for (const [message, ...expected] of rows) assert.deepEqual(outline(decoder.decode(hex(message))), expected);
    assert.deepEqual(shown(decodeOne(decoder, hex('< 02 06 04 726f6f6d3a31 66696c65 ff'))), {
      joinRef: null,
      ref: null,
      topic: 'room:1',
      event: 'file',
      status: null,
      payload: { $binary: 'ff', bytes: 1 },
    });
  });
});

describe('bounds of a JSON-RPC batch', () => {
  it('names how many calls are not read', async () => {
    const batch = JSON.stringify(Array.from({ length: 300 }, (_, id) => ({ jsonrpc: '2.0', id, method: 'a' })));
    const lines = outline(await decodeAll(jsonRpc, [text(`> ${batch}`)]));
    assert.equal(lines.length, 257);
    assert.equal(lines.at(-1), 'event … 44 calls more !too many calls in one message: the rest is not read');
  });
});

describe('labels', () => {
  it('are one safe line of at most 120 characters', async () => {
    const [one] = await decodeAll(jsonRpc, [text(`> {"id":1,"method":"a\\u001b[31m\\u202e\\n${'x'.repeat(500)}"}`)]);
    assert.match(one?.label ?? '', /^a\[31m x+…$/);
    assert.equal(one?.label.length, 120);
  });

  it('come from the first MiB of a long message', async () => {
    const [one] = await decodeAll(graphqlTransportWs, [
      text(`< {"id":"1","type":"next","payload":"${'x'.repeat(3_000_000)}"}`),
    ]);
    assert.deepEqual(outline(one ? [one] : []), ['reply next #1 {1}']);
  });
});
