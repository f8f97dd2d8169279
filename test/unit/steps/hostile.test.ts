import assert from 'node:assert/strict';
import type { Step } from '../../../src/core/base/step.js';
import { converse } from '../../../src/core/steps/conversation.js';
import { Inbox } from '../../../src/core/steps/inbox.js';
import { ScriptedTalker } from './scriptedTalker.js';

const closed = { phase: 'message', kind: 'closed', code: '1000', message: 'Closed with 1000' } as const;

async function run(steps: readonly Step[], texts: readonly string[]) {
  const talker = new ScriptedTalker(texts.map((text) => ({ text, atMs: 0 })));
  talker.inbox.end(closed, texts.length);
  const { rows } = await converse(steps, talker.options());
  return { rows, sent: talker.sent.map(({ bytes }) => Buffer.from(bytes).toString()) };
}

describe('A hostile conversation', () => {
  it('ends with an expression that would never end', async () => {
    const { rows } = await run([{ expect: { matches: '^(a+)+$' } }, { wait: 1 }], [`${'a'.repeat(60)}!`, 'aa']);
    assert.match(rows[0]?.error ?? '', /could not be judged: .*longer than 500 ms/);
    assert.equal(rows[1]?.status, 'skipped');
  });

  it('never takes what could not be judged for the absence of it', async () => {
    const { rows } = await run([{ expectNone: { matches: '^(a+)+$' }, forMs: 0 }], [`${'a'.repeat(60)}!`]);
    assert.equal(rows[0]?.status, 'failed');
    const { rows: long } = await run([{ expectNone: { contains: 'x' }, forMs: 0 }], ['y'.repeat(2 ** 20 + 1)]);
    assert.match(long[0]?.error ?? '', /too long to search/);
  });

  it('ends with a JSON Schema that leads round in a circle, or that multiplies', async () => {
    const bomb: Record<string, unknown> = { l0: { type: 'object' } };
    for (let level = 1; level <= 40; level++) {
      const $ref = `#/$defs/l${level - 1}`;
      bomb[`l${level}`] = { allOf: [{ $ref }, { $ref }] };
    }
    const circle = await run([{ expect: { schema: { $ref: '#' } } }, { wait: 1 }], ['{}']);
    assert.equal(circle.rows[0]?.status, 'failed');
    const { rows } = await run([{ expect: { schema: { $ref: '#/$defs/l40', $defs: bomb } } }], ['{}']);
    assert.match(rows[0]?.error ?? '', /longer than 500 ms/);
  });

  it('passes over a message nested deeper than the stack', async () => {
    const deep = '['.repeat(200_000) + ']'.repeat(200_000);
    const { rows } = await run([{ expect: { jsonPath: '$.a', equals: 1 } }], [deep, '{"a":1}']);
    assert.equal(rows[0]?.status, 'ok', rows[0]?.error ?? '');
  });

  it('sends what a peer said as it said it: variables in it are none, and in an expression it stands for itself', async () => {
    const { rows, sent } = await run(
      [
        { expect: { jsonPath: '$.a', exists: true }, capture: { a: '$.a' } },
        { send: { json: ['${a}', 'x${a}'] } },
        { expect: { matches: '^${a}$' } },
      ],
      [JSON.stringify({ a: '${a}.*' }), 'anything', '${a}.*'],
    );
    assert.deepEqual(sent, ['["${a}.*","x${a}.*"]']);
    assert.deepEqual(
      rows.map(({ status }) => status),
      ['ok', 'ok', 'ok'],
    );
    assert.equal(rows[2]?.passedOver, undefined);
  });

  it('fails a step whose variable was never captured', async () => {
    const { rows } = await run([{ send: '${never}' }], []);
    assert.match(rows[0]?.error ?? '', /\$\{never\} has no value/);
  });

  it('holds so much unread, and says when it is more', () => {
    const inbox = new Inbox();
    for (let index = 0; index < 70; index++) inbox.push({ binary: true, bytes: new Uint8Array(2 ** 20), atMs: index });
    assert.equal(inbox.ended?.code, 'limit.unread');
    assert.ok(inbox.at(63));
    assert.deepEqual(inbox.at(64), { ended: inbox.ended });
  });
});
