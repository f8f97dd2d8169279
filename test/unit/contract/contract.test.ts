import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { JsonSchema } from '../../../src/core/base/jsonSchema.js';
import { ContractCheck } from '../../../src/core/contract/check.js';
import type { Contract } from '../../../src/core/contract/contract.js';
import { contractSchema } from '../../../src/core/contract/contractSchema.js';
import { contractJsonSchema } from '../../../src/core/contract/exportSchema.js';
import { ContractLearner } from '../../../src/core/contract/learn.js';
import { readContract } from '../../../src/core/contract/readContract.js';
import { readContent } from '../../../src/core/contract/said.js';
import { matchMessage } from '../../../src/core/payload/match.js';

const content = (text: string) => readContent({ binary: false, bytes: Buffer.from(text) });

function learned(texts: readonly string[]): Contract {
  const learner = new ContractLearner();
  for (const text of texts) learner.add('received', content(text));
  return learner.contract();
}

const repeated = (count: number, make: (at: number) => unknown) =>
  Array.from({ length: count }, (_, at) => JSON.stringify(make(at)));

const ORDERS = repeated(30, (at) => ({
  type: 'order',
  id: `o-${at}`,
  side: at % 2 === 0 ? 'buy' : 'sell',
  price: 10 + at,
  ...(at % 3 === 0 ? { note: null } : {}),
  password: 'hunter',
}));

const departure = (contract: Contract, text: string) => {
  const found = new ContractCheck(contract).departure('received', content(text));
  return found === null ? null : [found.path, found.expected, found.actual];
};

const order = (changes: object) => JSON.stringify({ ...JSON.parse(ORDERS[1]!), ...changes });

describe('contract', () => {
  const contract = learned(ORDERS);

  it('learns members that are always there or not, types, few and short values, and ranges', () => {
    const [type] = contract.types;
    assert.deepEqual([type?.name, type?.path, type?.count], ['order', '$.type', 30]);
    const { fields = {} } = type?.shape ?? {};
    assert.deepEqual(
      Object.entries(fields).map(([name, field]) => [name, field.required, field.types.join(), field.values ?? null]),
      [
        ['type', true, 'string', ['order']],
        ['id', true, 'string', null],
        ['side', true, 'string', ['buy', 'sell']],
        ['price', true, 'integer', null],
        ['note', false, 'null', null],
        ['password', true, 'string', null],
      ],
    );
    assert.deepEqual([fields['price']?.min, fields['price']?.max], [10, 39]);
    assert.equal(fields['id']?.changing, 'id');
    assert.doesNotMatch(JSON.stringify(contract), /hunter/);
  });

  for (const [title, text, expected] of [
    ['takes a message as it was learned', order({ id: 'new', price: 45 }), null],
    ['tells a missing member', order({ side: undefined }), ['$.side', 'string', 'nothing']],
    ['tells a new one', order({ extra: 1 }), ['$.extra', 'nothing', '1']],
    ['tells another type', order({ price: '12' }), ['$.price', 'integer', 'string "12"']],
    ['tells a value that never came', order({ side: 'hold' }), ['$.side', 'one of "buy", "sell"', '"hold"']],
    ['tells a number far outside of the range', order({ price: 4_000 }), ['$.price', 'about 10 to 39', '4000']],
    ['tells a type of message that never came', '{"type":"trade"}', ['$.type', '"order"', '"trade"']],
    ['tells a text where JSON came', 'hello', ['$', '"order"', '"text"']],
  ] as const)
    it(title, () => {
      assert.deepEqual(departure(contract, text), expected);
    });

  it('finds the member that tells types apart where none of the usual names does', () => {
    const found = learned(repeated(30, (at) => (at % 2 === 0 ? { what: 'open', a: 1 } : { what: 'shut', b: 2 })));
    assert.deepEqual(
      found.types.map(({ name, path }) => [name, path]),
      [
        ['open', '$["what"]'],
        ['shut', '$["what"]'],
      ],
    );
    assert.deepEqual(departure(found, '{"what":"open","b":2}'), ['$.a', 'integer', 'nothing']);
  });

  it('knows the events of Socket.IO and Phoenix, and what stands in each place', () => {
    const found = learned(['42["chat",{"text":"a"}]', '["1","2","room:a","phx_reply",{"status":"ok"}]']);
    assert.deepEqual(
      found.types.map(({ name }) => name),
      ['42 chat', 'phx_reply'],
    );
    assert.deepEqual(departure(found, '42["chat",{"text":1}]'), ['$[1].text', 'string', 'integer 1']);
  });

  it('keeps no value that looks made: keys, identifiers, long texts', () => {
    const made = ['sk_live_4f9aQ1', 'eyJhbGciOiJIUzI1NiJ9', 'A'.repeat(40), '192.168.0.1'];
    for (const value of made)
      assert.doesNotMatch(
        JSON.stringify(learned(repeated(20, () => ({ type: 'x', state: value })))),
        new RegExp(value),
      );
  });

  it('is a file that its own schema takes, and is read again as it was', () => {
    assert.deepEqual(new JsonSchema(contractSchema()).errors(contract), []);
    assert.deepEqual(readContract(JSON.stringify(contract)), contract);
    for (const text of ['', '{}', 'null', '{"schema":"wsprobe.contract/1"}', '['.repeat(5_000)])
      assert.throws(() => readContract(text), { code: 'contract.invalid' });
  });

  it('is a JSON Schema that a match takes', () => {
    const schema = contractJsonSchema(contract);
    const judge = (text: string) => matchMessage({ schema }, { binary: false, bytes: Buffer.from(text) });
    assert.deepEqual(
      ORDERS.map((text) => judge(text).matched),
      ORDERS.map(() => true),
    );
    for (const changes of [{ side: 'hold' }, { price: 'x' }, { price: 4_000 }, { type: 'trade' }, { extra: 1 }])
      assert.equal(judge(order(changes)).matched, false, JSON.stringify(changes));
    assert.equal(judge(order({ price: 'x' })).notJudged, null);
  });

  it('takes members that are called as the methods of every object', () => {
    const texts = ['{"type":"x","valueOf":false}', '{"type":"x","__proto__":{"constructor":1}}', '{"type":"x"}'];
    const own = learned(texts);
    const schema = contractJsonSchema(own);
    for (const text of texts) {
      assert.equal(departure(own, text), null, text);
      assert.equal(matchMessage({ schema }, { binary: false, bytes: Buffer.from(text) }).matched, true, text);
    }
    assert.deepEqual(departure(own, '{"type":"x","toString":1}'), ['$.toString', 'nothing', '1']);
  });

  const message = fc.record(
    { type: fc.constantFrom('a', 'b', '__proto__', 'constructor'), v: fc.jsonValue({ maxDepth: 4 }) },
    { requiredKeys: [] },
  );
  it('takes every message that it was learned from, and so does its schema', () => {
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 40 }), (messages) => {
        const texts = messages.map((each) => JSON.stringify(each));
        const own = learned(texts);
        assert.deepEqual(readContract(JSON.stringify(own)), JSON.parse(JSON.stringify(own)));
        const schema = contractJsonSchema(JSON.parse(JSON.stringify(own)) as Contract);
        for (const text of texts) {
          assert.equal(departure(own, text), null, text);
          const judged = matchMessage({ schema }, { binary: false, bytes: Buffer.from(text) });
          assert.equal(judged.matched, true, `${text}: ${judged.actual}`);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('bounds what a peer makes it keep: names, types, depth', () => {
    const learner = new ContractLearner();
    for (let at = 0; at < 2_000; at++) learner.add('received', content(`{"type":"t${at}","k${at}":1}`));
    for (let at = 0; at < 2_000; at++) learner.add('received', content(`{"type":"t1","n${at}":{"__proto__":{"x":1}}}`));
    learner.add('received', content(`{"type":"t1","deep":${'['.repeat(3_000)}${']'.repeat(3_000)}}`));
    const { leftOut, types } = learner.contract();
    assert.deepEqual([types.length, leftOut], [500, 1_500]);
    const names = Object.keys(types.find(({ name }) => name === 't1')?.shape.fields ?? {});
    assert.ok(names.length <= 200, String(names.length));
    assert.equal(({} as { x?: number }).x, undefined);
  });
});
