import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { DialectMessage } from '../../../src/core/dialects/dialect.js';
import { DialectJudge, MAX_LOOK_BYTES } from '../../../src/core/dialects/dialectJudge.js';
import { binary, text } from './support.js';

const CHAT = text('< {"text":"hi"}');
const CALL = text('< {"jsonrpc":"2.0","method":"tick"}');
const PUSHER = text('< {"event":"pusher:connection_established","data":"{}"}');

function judgeOf({ wanted = 'auto', url = 'ws://host.test/ws', offered = [] as readonly string[] } = {}): DialectJudge {
  return new DialectJudge({ wanted, url, offered });
}

function tell(judge: DialectJudge, ...messages: readonly DialectMessage[]): DialectJudge {
  for (const message of messages) judge.message(message);
  return judge;
}

describe('DialectJudge', () => {
  it('takes the word of the profile before anything else', () => {
    const judge = judgeOf({ wanted: 'reverb', url: 'ws://host.test/socket.io/?EIO=4' });
    judge.opened('graphql-ws');
    assert.deepEqual([tell(judge, CALL).name, judge.isListening], ['pusher', false]);
  });

  it('names none when none is wanted, and listens to nothing', () => {
    const judge = judgeOf({ wanted: 'none' });
    judge.opened('graphql-ws');
    assert.deepEqual([tell(judge, PUSHER).name, judge.isListening], [null, false]);
  });

  it('looks for itself when the name is unknown', () => {
    assert.equal(tell(judgeOf({ wanted: 'klingon' }), PUSHER).name, 'pusher');
  });

  it('weighs what was negotiated before the URL, and the URL before nothing', () => {
    const judge = judgeOf({ url: 'ws://host.test/cable' });
    assert.equal(judge.name, 'action-cable');
    judge.opened('graphql-ws');
    assert.equal(judge.name, 'graphql-ws');
  });

  it('takes an offered subprotocol for a sign where none was negotiated', () => {
    const judge = judgeOf({ offered: ['chat', 'mqtt'] });
    judge.opened(null);
    assert.equal(judge.name, 'mqtt');
    const other = judgeOf({ offered: ['mqtt', 'graphql-ws'] });
    other.opened('graphql-ws');
    assert.equal(other.name, 'graphql-ws');
  });

  it('keeps the greeting that came before the opening was told', () => {
    const judge = tell(judgeOf(), PUSHER);
    judge.opened(null);
    assert.equal(judge.name, 'pusher');
  });

  it('lets the first messages mend a first guess, and later ones no more', () => {
    const init = text('> {"type":"connection_init"}');
    const keepAlive = text('< {"type":"ka"}');
    assert.equal(tell(judgeOf(), init).name, 'graphql-transport-ws');
    assert.equal(tell(judgeOf(), init, keepAlive).name, 'graphql-ws');
    const settled = tell(judgeOf(), init, CHAT, CHAT, CHAT, CHAT);
    assert.equal(tell(settled, ...Array.from({ length: 50 }, () => keepAlive)).name, 'graphql-transport-ws');
  });

  it('goes on looking after the first messages, ever more rarely', () => {
    const judge = tell(judgeOf(), ...Array.from({ length: 1_000 }, () => CHAT));
    assert.equal(judge.isListening, true);
    tell(judge, ...Array.from({ length: 250 }, () => CALL));
    assert.deepEqual([judge.name, judge.isListening], ['json-rpc', false]);
  });

  it('looks at few of a million messages, and at none that is too long', () => {
    let reads = 0;
    const counted: DialectMessage = {
      ...CHAT,
      get bytes() {
        reads += 1;
        return CHAT.bytes;
      },
    };
    const judge = judgeOf();
    for (let count = 0; count < 1_000_000; count++) judge.message(counted);
    assert.ok(reads > 50 && reads < 250, `${reads} reads`);
    const long = text(`< {"jsonrpc":"2.0","method":"${'x'.repeat(MAX_LOOK_BYTES)}"}`);
    assert.equal(tell(judgeOf(), long, long).name, null);
  });

  it('explains closes by a service and reads what goes through it', () => {
    const judge = judgeOf({ url: 'wss://abc.execute-api.eu-west-1.amazonaws.com/prod' });
    judge.opened(null);
    assert.deepEqual([judge.name, judge.reader, judge.isListening], ['aws-api-gateway', null, true]);
    tell(judge, CALL);
    assert.deepEqual([judge.name, judge.reader?.name, judge.isListening], ['aws-api-gateway', 'json-rpc', false]);
  });

  it('remembers a connection until the next one begins', () => {
    const judge = tell(judgeOf(), PUSHER);
    judge.ended();
    assert.equal(judge.name, 'pusher');
    judge.opened(null);
    assert.equal(judge.name, null);
  });

  it('does not go back on what is certain, whatever comes', () => {
    const any = fc.oneof(
      fc.constantFrom(CHAT, CALL, PUSHER, text('< 0{"sid":"a"}'), text('> CONNECT\nhost:a\n\n\0')),
      fc.uint8Array({ maxLength: 64 }).map((bytes) => binary('received', bytes)),
    );
    fc.assert(
      fc.property(fc.array(any, { minLength: 1, maxLength: 40 }), (messages) => {
        const judge = tell(judgeOf(), PUSHER);
        return tell(judge, ...messages).name === 'pusher';
      }),
    );
  });
});
