import assert from 'node:assert/strict';
import { encode as encodeMsgpack } from '@msgpack/msgpack';
import { encode as encodeCbor } from 'cbor2';
import type { DialectMessage } from '../../../src/core/dialects/dialect.js';
import { signalr } from '../../../src/core/dialects/signalr/index.js';
import { MAX_STOMP_FRAME } from '../../../src/core/dialects/stomp/decode.js';
import { sockjs } from '../../../src/core/dialects/sockjs/index.js';
import { stomp } from '../../../src/core/dialects/stomp/index.js';
import { wamp } from '../../../src/core/dialects/wamp/index.js';
import { binary, decodeAll, hex, outline, shown, text } from './support.js';

describe('sockjs', () => {
  // https://sockjs.github.io/sockjs-protocol/sockjs-protocol-0.3.3.html and Spring's STOMP over it.
  const rows: readonly (readonly [message: string, ...expected: string[]])[] = [
    ['< o', 'control open'],
    ['< h', 'heartbeat heartbeat'],
    ['< a["x"]', 'event x'],
    ['< a["a","{\\"b\\":1}"]', 'event a', 'event {"b":1}'],
    ['< m"x"', 'event x'],
    ['< a[]', 'control [0 messages]'],
    ['< c[3000,"Go away!"]', 'control close 3000 Go away!'],
    ['> ["x"]', 'event x'],
    ['> "x"', 'event x'],
    ['< a[1]', 'error a[1] !no list of texts'],
    ['< a["x"', 'error a["x" !no list of texts'],
    ['< c', 'error c !no code and reason'],
    ['< ?', 'error ? !no SockJS frame'],
    ['< ', 'error (nothing printable) !no SockJS frame'],
  ];
  for (const [message, ...expected] of rows) {
    it(JSON.stringify(message), async () =>
      assert.deepEqual(outline(await decodeAll(sockjs, [text(message)])), expected),
    );
  }

  it('carries STOMP, a frame of which may go on in the next message', async () => {
    const carried = (direction: string, ...texts: string[]) => text(`${direction}${JSON.stringify(texts)}`);
    const decoded = await decodeAll(sockjs, [
      text('< o'),
      carried('> ', 'CONNECT\naccept-version:1.2\n\n\0'),
      carried('< a', 'CONNECTED\nversion:1.2\n\n\0', '\n'),
      carried('> ', 'SEND\ndestination:/q\n\n{"a":'),
      carried('> ', '1}\0'),
    ]);
    assert.deepEqual(
      decoded.map(({ role }) => role),
      ['control', 'request', 'reply', 'heartbeat', 'control', 'event'],
    );
    assert.match(outline(decoded)[5] ?? '', /SEND \/q/);
    assert.deepEqual(shown(decoded[5]), { command: 'SEND', headers: { destination: '/q' }, body: { a: 1 } });
  });
});

describe('signalr', () => {
  const rows: readonly (readonly [message: string, ...expected: string[]])[] = [
    ['> {"protocol":"json","version":1}\x1e', 'request handshake json 1 {handshake} <handshake>'],
    ['< {}\x1e', 'reply handshake accepted {handshake}'],
    [
      '< {"error":"Requested protocol is not available."}\x1e',
      'error handshake Requested protocol is not available. {handshake}',
    ],
    [
      '> {"arguments":["hello"],"invocationId":"0","target":"Send","type":1}\x1e',
      'request Invocation Send #0 [1 arg] {0} <Send>',
    ],
    ['< {"type":1,"target":"Receive","arguments":["a","b"]}\x1e', 'event Invocation Receive [2 args] <Receive>'],
    ['< {"type":3,"invocationId":"0","result":null}\x1e', 'reply Completion #0 {0}'],
    ['< {"type":3,"invocationId":"0","error":"boom"}\x1e', 'error Completion #0 boom {0}'],
    [
      '> {"type":4,"invocationId":"1","target":"Counter","arguments":[10]}\x1e',
      'request StreamInvocation Counter #1 [1 arg] {1} <Counter>',
    ],
    ['< {"type":2,"invocationId":"1","item":7}\x1e', 'reply StreamItem #1 {1}'],
    ['> {"type":5,"invocationId":"1"}\x1e', 'control CancelInvocation #1 {1}'],
    ['< {"type":6}\x1e', 'heartbeat Ping'],
    ['< {"type":7,"error":"shutting down","allowReconnect":true}\x1e', 'error Close shutting down'],
    ['< {"type":7}\x1e', 'control Close'],
    ['< {"type":9,"sequenceId":3}\x1e', 'control Sequence 3'],
    ['< {"type":6}\x1e{"type":6}\x1e', 'heartbeat Ping', 'heartbeat Ping'],
    ['< {"type":6}', 'error {"type":6} !no record separator (0x1e) at its end'],
    ['< {"type":6\x1e', 'heartbeat Ping !no valid JSON from character 9'],
    ['< {"type":42}\x1e', 'event type 42 !unknown SignalR message type'],
  ];
  for (const [message, ...expected] of rows) {
    it(JSON.stringify(message), async () =>
      assert.deepEqual(outline(await decodeAll(signalr, [text(message)])), expected),
    );
  }

  // As the JavaScript client writes and reads them.
  const packed: readonly (readonly [message: string, ...expected: string[]])[] = [
    ['> 13 960180a131a453656e6492a568656c6c6f2a90', 'request Invocation Send #1 [2 args] {1} <Send>'],
    ['> 10 960480a132a7436f756e746572910a90', 'request StreamInvocation Counter #2 [1 arg] {2} <Counter>'],
    ['< 06 940280a13207', 'reply StreamItem #2 {2}'],
    ['< 09 950380a13103a26f6b', 'reply Completion #1 {1}'],
    ['< 0b 950380a13201a4626f6f6d', 'error Completion #2 boom {2}'],
    ['> 05 930580a132', 'control CancelInvocation #2 {2}'],
    ['< 02 9106 02 9106', 'heartbeat Ping', 'heartbeat Ping'],
    ['< 03 920803', 'control Ack 3'],
    ['< 03 920901', 'control Sequence 1'],
    ['< 0b 950180c0a15691a178', 'error 10 bytes !shorter than its length says'],
    ['< 09 950180c0a15691a178', 'event Invocation V [1 arg] <V>'],
    ['< ffffffffff', 'error 5 bytes !no length before the message'],
    ['< 02 c1c1', 'error 2 bytes !no valid MessagePack from byte 0'],
    ['< 01 2a', 'error 1 bytes !not an array'],
    ['< 7b7d1e', 'reply handshake accepted {handshake}'],
  ];
  for (const [message, ...expected] of packed) {
    it(message, async () => assert.deepEqual(outline(await decodeAll(signalr, [hex(message)])), expected));
  }

  it('pairs a completion of more than 1 MiB', async () => {
    const record = JSON.stringify({ type: 3, invocationId: '7', result: 'x'.repeat(2_000_000) });
    assert.deepEqual(outline(await decodeAll(signalr, [text(`< ${record}\x1e`)])), ['reply Completion #7 {7}']);
    const item = Buffer.from(encodeMsgpack([3, {}, '7', 3, 'x'.repeat(2_097_152 - 11)]));
    assert.equal(item.length, 2_097_152);
    const packed = Buffer.concat([Buffer.from('80808001', 'hex'), item]);
    assert.deepEqual(outline(await decodeAll(signalr, [binary('received', packed)])), ['reply Completion #7 {7}']);
  });

  it('shows the whole of a packed message', async () => {
    const [one] = await decodeAll(signalr, [hex('> 13 960180a131a453656e6492a568656c6c6f2a90')]);
    assert.deepEqual(shown(one), [1, {}, '1', 'Send', ['hello', 42], []]);
  });
});

describe('stomp', () => {
  const rows: readonly (readonly [message: string, ...expected: string[]])[] = [
    ['> CONNECT\naccept-version:1.2\nhost:a\npasscode:s3cret\n\n\0', 'request CONNECT {connect} <CONNECT>'],
    ['< CONNECTED\nversion:1.2\n\n\0', 'reply CONNECTED 1.2 {connect}'],
    ['> SEND\ndestination:/queue/a\n\nhello\0', 'event SEND /queue/a <SEND /queue/a>'],
    [
      '> SEND\ndestination:/queue/a\nreceipt:77\n\nhello\0',
      'request SEND /queue/a receipt 77 {receipt 77} <SEND /queue/a>',
    ],
    ['< RECEIPT\nreceipt-id:77\n\n\0', 'reply RECEIPT 77 {receipt 77}'],
    ['> SUBSCRIBE\nid:0\ndestination:/topic/b\n\n\0', 'control SUBSCRIBE /topic/b #0 <SUBSCRIBE /topic/b>'],
    [
      '< MESSAGE\r\ndestination:/topic/b\r\nmessage-id:1\r\n\r\n{"a":1}\0\n',
      'event MESSAGE /topic/b <MESSAGE /topic/b>',
    ],
    ['< ERROR\nreceipt-id:77\nmessage:malformed\n\n\0', 'error ERROR 77 malformed {receipt 77}'],
    ['< ERROR\nmessage:denied\n\n\0', 'error ERROR denied {connect}'],
    ['> \n', 'heartbeat heartbeat'],
    ['> \r\n', 'heartbeat heartbeat'],
    [
      '< MESSAGE\ndestination:/a\n\n1\0MESSAGE\ndestination:/b\n\n2\0',
      'event MESSAGE /a <MESSAGE /a>',
      'event MESSAGE /b <MESSAGE /b>',
    ],
    ['< {"type":"chat"}\n\n\0', 'error 18 bytes !no STOMP command'],
    ['> SEND\ncontent-length:2\n\nhello\0', 'error 29 bytes !no NUL after the body: content-length is wrong'],
    ['> DISCONNECT\nreceipt:9\n\n\0', 'request DISCONNECT receipt 9 {receipt 9} <DISCONNECT>'],
  ];
  for (const [message, ...expected] of rows) {
    it(JSON.stringify(message), async () =>
      assert.deepEqual(outline(await decodeAll(stomp, [text(message)])), expected),
    );
  }

  it('unescapes headers, hides the passcode, and keeps NULs that content-length covers', async () => {
    const decoded = await decodeAll(stomp, [
      text('> CONNECT\nlogin:a\\cb\npasscode:s3cret\n\n\0'),
      text('< MESSAGE\nname\\c1:a\\nb\\\\c\nname\\c1:second\ncontent-length:3\n\na\0b\0'),
      text('< MESSAGE\na:b\n\n{"n":12345678901234567890}\0'),
    ]);
    assert.deepEqual(decoded.map(shown), [
      { command: 'CONNECT', headers: { login: 'a\\cb', passcode: '••••' } },
      { command: 'MESSAGE', headers: { 'name:1': 'a\nb\\c', 'content-length': '3' }, body: 'a\0b' },
      { command: 'MESSAGE', headers: { a: 'b' }, body: JSON.parse('{"n":12345678901234567890}') },
    ]);
  });

  it('joins a frame that is split anywhere', async () => {
    const frame = Buffer.from('SEND\ndestination:/queue/a\ncontent-length:5\n\nhe\0lo\0');
    for (let cut = 1; cut < frame.length; cut++) {
      const decoder = await stomp.createDecoder();
      const labels = [frame.subarray(0, cut), frame.subarray(cut)].map((part) => decoder.decode(binary('sent', part)));
      assert.match(labels[0]?.[0]?.label ?? '', /^part of a frame/);
      assert.deepEqual(outline(labels[1] ?? []), ['event SEND /queue/a <SEND /queue/a>']);
    }
  });

  it('keeps 1 MiB of a frame without end, and reads on after it', async () => {
    const decoder = await stomp.createDecoder();
    decoder.decode(text('< MESSAGE\na:b\n\nbegun'));
    for (let kept = 0; kept < MAX_STOMP_FRAME - 131_072; kept += 65_536) {
      assert.match(outline(decoder.decode(binary('received', Buffer.alloc(65_536, 0x78))))[0] ?? '', /part of a frame/);
    }
    const [lost, next] = [
      ...decoder.decode(binary('received', Buffer.alloc(131_072, 0x78))),
      ...decoder.decode(text('< \n')),
    ];
    assert.match(lost?.problem ?? '', /without end/);
    assert.ok(next);
    assert.equal(
      outline(await decodeAll(stomp, [text('< MESSAGE\ncontent-length:999999999\n\n')]))[0],
      'error part of a frame (1000000034 bytes) !longer than 1 MiB',
    );
  });
});

describe('wamp', () => {
  const rows: readonly (readonly [direction: '<' | '>', message: readonly unknown[], expected: string])[] = [
    ['>', [1, 'realm1', { roles: { caller: {} } }], 'request HELLO realm1 {hello} <HELLO realm1>'],
    ['<', [2, 9129137332, { roles: { broker: {} } }], 'reply WELCOME #9129137332 {hello}'],
    ['<', [3, { message: 'no' }, 'wamp.error.no_such_realm'], 'error ABORT wamp.error.no_such_realm {hello}'],
    ['<', [4, 'wampcra', { challenge: 'x' }], 'control CHALLENGE wampcra'],
    ['>', [5, 'signature', {}], 'control AUTHENTICATE'],
    ['>', [6, {}, 'wamp.close.close_realm'], 'control GOODBYE wamp.close.close_realm'],
    [
      '>',
      [48, 7814135, {}, 'com.example.add', [1, 2]],
      'request CALL com.example.add #7814135 [2 args] {48 7814135} <CALL com.example.add>',
    ],
    ['<', [50, 7814135, {}, [3]], 'reply RESULT #7814135 [1 arg] {48 7814135}'],
    [
      '<',
      [8, 48, 7814135, {}, 'wamp.error.no_such_procedure'],
      'error ERROR wamp.error.no_such_procedure #7814135 {48 7814135}',
    ],
    ['>', [49, 7814135, {}], 'control CANCEL #7814135 {48 7814135}'],
    [
      '>',
      [32, 1, {}, 'com.example.topic'],
      'request SUBSCRIBE com.example.topic #1 {32 1} <SUBSCRIBE com.example.topic>',
    ],
    ['<', [33, 1, 5512315355], 'reply SUBSCRIBED #1 {32 1}'],
    ['<', [36, 5512315355, 4429313566, {}, ['hi']], 'event EVENT #5512315355 [1 arg]'],
    [
      '>',
      [16, 2, {}, 'com.example.topic', ['hi']],
      'event PUBLISH com.example.topic #2 [1 arg] <PUBLISH com.example.topic>',
    ],
    [
      '>',
      [16, 3, { acknowledge: true }, 'com.example.topic'],
      'request PUBLISH com.example.topic #3 {16 3} <PUBLISH com.example.topic>',
    ],
    ['<', [17, 3, 4429313566], 'reply PUBLISHED #3 {16 3}'],
    ['<', [68, 6131533, 9823526, {}, [1]], 'request INVOCATION #6131533 [1 arg] {68 6131533} <INVOCATION>'],
    ['>', [70, 6131533, {}, [2]], 'reply YIELD #6131533 [1 arg] {68 6131533}'],
  ];
  const encodings: readonly (readonly [
    name: string,
    message: (direction: string, value: unknown) => DialectMessage,
  ])[] = [
    ['json', (direction, value) => text(`${direction} ${JSON.stringify(value)}`)],
    ['msgpack', (direction, value) => binary(direction === '>' ? 'sent' : 'received', encodeMsgpack(value))],
    ['cbor', (direction, value) => binary(direction === '>' ? 'sent' : 'received', encodeCbor(value))],
  ];
  for (const [name, encoded] of encodings) {
    it(`labels and pairs all messages in ${name}`, async () => {
      const messages = rows.map(([direction, value]) => encoded(direction, value));
      assert.deepEqual(
        outline(await decodeAll(wamp, messages)),
        rows.map(([, , expected]) => expected),
      );
    });

    it(`names the parts of a message in ${name}`, async () => {
      const [one] = await decodeAll(wamp, [encoded('>', [48, 1, {}, 'com.add', [1], { a: 'b' }])]);
      assert.deepEqual(shown(one), {
        message: 'CALL',
        request: 1,
        options: {},
        procedure: 'com.add',
        args: [1],
        kwargs: { a: 'b' },
      });
    });
  }

  it('hides the answer to a challenge', async () => {
    const [one] = await decodeAll(wamp, [text('> [5,"s3cret",{}]')]);
    assert.deepEqual(shown(one), { message: 'AUTHENTICATE', signature: '••••', extra: {} });
  });

  it('reads batches', async () => {
    const call = ['request CALL a #1 {48 1} <CALL a>', 'request CALL b #2 {48 2} <CALL b>'];
    for (const separator of ['\x18', '\x1e']) {
      const batch = `> [48,1,{},"a"]${separator}[48,2,{},"b"]${separator}`;
      assert.deepEqual(outline(await decodeAll(wamp, [text(batch)])), call);
    }
    assert.deepEqual(outline(await decodeAll(wamp, [hex('> 00000006 94300180a161 00000006 94300280a162')])), call);
    assert.deepEqual(outline(await decodeAll(wamp, [hex('> 00000006 94300180a161 000000ff 94')])).slice(1), [
      'error 5 bytes !shorter than its length says',
    ]);
  });

  it('pairs a result of more than 1 MiB by its first members', async () => {
    const large = [50, 7, {}, ['x'.repeat(2_000_000)]];
    const messages = [encodeMsgpack(large), encodeCbor(large), Buffer.from(JSON.stringify(large))];
    for (const [index, bytes] of messages.entries()) {
      const [one] = await decodeAll(wamp, [{ direction: 'received', binary: index < 2, bytes, atMs: 0 }]);
      assert.match(outline(one ? [one] : [])[0] ?? '', /^reply RESULT #7( \[1 arg\])? \{48 7\}$/);
      assert.equal(one?.value, undefined);
    }
  });

  it('says what is none of it', async () => {
    assert.deepEqual(outline(await decodeAll(wamp, [text('> [99,1]'), text('> {"a":1}'), hex('> c0'), hex('> c1')])), [
      'event [99,1] !not a WAMP message',
      'event {"a":1} !not a WAMP message',
      'event 1 bytes !not a WAMP message',
      'error 1 bytes !no valid MessagePack from byte 0',
    ]);
  });
});
