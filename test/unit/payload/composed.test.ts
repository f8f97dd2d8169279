import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { Script } from 'node:vm';
import * as fc from 'fast-check';
import type { Match } from '../../../src/core/base/message.js';
import { fillDeep, fillMatch } from '../../../src/core/payload/fill.js';
import { matchMessage } from '../../../src/core/payload/match.js';
import { nearestMessage } from '../../../src/core/payload/nearest.js';

const text = (value: string) => ({ binary: false, bytes: Buffer.from(value) });
const json = (value: unknown) => text(JSON.stringify(value));
const order = { type: 'order', n: 5, at: '2026-01-02', items: [{ q: 1 }, { q: 9 }], name: 'a😀b', none: null };

describe('Composed matches', () => {
  it('are judged under the guard only where an expression could take longer than the message is long', () => {
    const count = (match: Match): number => {
      const spy = mock.method(Script.prototype, 'runInContext');
      matchMessage(match, json(order));
      spy.mock.restore();
      return spy.mock.callCount();
    };
    for (const [match, calls] of [
      [{ contains: 'order' }, 0],
      [{ all: [{ jsonPath: '$..q', gt: 8 }, { not: { equals: 'x' } }] }, 0],
      [{ matches: 'order' }, 1],
      [{ any: [{ contains: 'nope' }, { jsonPath: '$.type', matches: 'o' }] }, 1],
      [{ jsonPath: '$..*..*', exists: true }, 1],
      [{ jsonPath: '$.items[?@.q > 1]', exists: true }, 1],
      [{ not: { schema: {} } }, 1],
    ] as const) {
      assert.equal(count(match), calls, JSON.stringify(match));
    }
  });

  it('tell what was decoded where a path selects nothing of it', () => {
    const match: Match = { in: 'decoded', jsonPath: '$[0]', equals: 'order' };
    assert.equal(
      matchMessage(match, json({}), { decoded: [{ data: ['order'] }] }).actual,
      'nothing there, in {"data":["order"]}',
    );
  });

  const rows: readonly (readonly [Match, boolean])[] = [
    [{ jsonPath: '$.n', gt: 4 }, true],
    [{ jsonPath: '$.n', gt: 5 }, false],
    [{ jsonPath: '$.n', ge: 5 }, true],
    [{ jsonPath: '$.n', lt: 5 }, false],
    [{ jsonPath: '$.n', le: 5 }, true],
    [{ jsonPath: '$.at', lt: '2026-02' }, true],
    [{ jsonPath: '$.at', gt: 1 }, false],
    [{ jsonPath: '$.items[*].q', gt: 8 }, true],
    [{ jsonPath: '$.nothing', lt: 8 }, false],
    [{ jsonPath: '$.items', type: 'array' }, true],
    [{ jsonPath: '$.none', type: 'null' }, true],
    [{ jsonPath: '$.n', type: 'integer' }, true],
    [{ jsonPath: '$.n', type: 'object' }, false],
    [{ jsonPath: '$.items', length: 2 }, true],
    [{ jsonPath: '$.name', length: 3 }, true],
    [{ jsonPath: '$.items[0]', length: 1 }, true],
    [{ jsonPath: '$.n', length: 1 }, false],
    [{ jsonPath: '$.items', schema: { minItems: 3 } }, false],
    [{ schema: { required: ['n'], properties: { n: { const: 5 } } } }, true],
    [{ schema: false }, false],
    [{ all: [{ contains: 'order' }, { jsonPath: '$.n', equals: 5 }] }, true],
    [{ all: [{ contains: 'order' }, { jsonPath: '$.n', equals: 6 }] }, false],
    [{ any: [{ contains: 'nope' }, { not: { contains: 'nope' } }] }, true],
    [{ not: { jsonPath: '$.nothing', exists: true } }, true],
    [{ kind: 'binary', contains: 'order' }, false],
    [{ kind: 'text', contains: 'order' }, true],
    [{ in: 'decoded', jsonPath: '$.n', equals: 5 }, false],
  ];
  for (const [match, matched] of rows) {
    it(`${JSON.stringify(match)}: ${matched}`, () => {
      const result = matchMessage(match, json(order));
      assert.equal(result.matched, matched);
      assert.equal(result.notJudged, null);
    });
  }

  it('look at decoded values, of which one must fit as a whole', () => {
    const context = { decoded: [{ a: 1, b: 1 }, { a: 2, b: 2 }, 'text'] };
    const judge = (match: Match) =>
      matchMessage(match, { binary: true, bytes: Buffer.from('00', 'hex') }, context).matched;
    assert.equal(judge({ in: 'decoded', jsonPath: '$.a', equals: 2 }), true);
    assert.equal(
      judge({
        in: 'decoded',
        all: [
          { jsonPath: '$.a', equals: 1 },
          { jsonPath: '$.b', equals: 2 },
        ],
      }),
      false,
    );
    assert.equal(judge({ in: 'decoded', equals: { b: 2, a: 2 } }), true);
    assert.equal(judge({ in: 'decoded', contains: 'ex' }), true);
    assert.equal(judge({ all: [{ binary: '00' }, { in: 'decoded', kind: 'binary', equals: 'text' }] }), true);
  });

  it('not, all and any are those of logic', () => {
    const leaf = fc.constantFrom<Match>({ contains: 'a' }, { contains: 'b' }, { equals: 'ab' });
    const { match } = fc.letrec<{ match: Match }>((tie) => ({
      match: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.record({ all: fc.array(tie('match'), { minLength: 1, maxLength: 3 }) }),
        fc.record({ any: fc.array(tie('match'), { minLength: 1, maxLength: 3 }) }),
        fc.record({ not: tie('match') }),
      ),
    }));
    const logic = (of: Match, message: string): boolean => {
      if ('all' in of) return of.all.every((each) => logic(each, message));
      if ('any' in of) return of.any.some((each) => logic(each, message));
      if ('not' in of) return !logic(of.not, message);
      return 'contains' in of ? message.includes(of.contains) : 'equals' in of && message === of.equals;
    };
    const messages = fc.constantFrom('', 'a', 'b', 'ab', 'ba');
    fc.assert(
      fc.property(match, messages, (of, message) => matchMessage(of, text(message)).matched === logic(of, message)),
    );
  });
});

describe('The nearest message', () => {
  it('is the one that differs least, the latest of several', () => {
    const match: Match = { jsonPath: '$.user', equals: { name: 'ann', age: 4, tags: ['a'] } };
    const users = [{ name: 'bob' }, { name: 'ann', age: 3, tags: ['a'] }, { name: 'eve', age: 1, tags: [] }];
    const candidates = users.map((user) => ({ message: json({ user }), context: {} }));
    assert.deepEqual(nearestMessage(match, candidates), {
      index: 1,
      differences: [{ path: '$.user.age', expected: '4', actual: '3' }],
    });
  });

  it('tells of any two JSON values where they differ, and of equal ones nothing', () => {
    const bounded = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown);
    fc.assert(
      fc.property(bounded, bounded, (a, b) => {
        const match: Match = { jsonPath: '$.v', equals: a };
        const nearest = nearestMessage(match, [{ message: json({ v: b }), context: {} }]);
        const isEqual = matchMessage(match, json({ v: b })).matched;
        assert.equal(nearest?.differences.length === 0, isEqual);
      }),
    );
  });
});

describe('What is filled in', () => {
  it('keeps its type where a text is exactly one variable', () => {
    const variables = { n: 5, o: { a: [1] }, s: 'x' };
    assert.deepEqual(fillDeep({ a: '${n}', b: ['${o}', 'n=${n}', '${s}'], c: '$${n}' }, { variables }), {
      a: 5,
      b: [{ a: [1] }, 'n=5', 'x'],
      c: '${n}',
    });
  });

  it('stands for itself in an expression, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        const match = fillMatch({ matches: '^${v}$' }, { variables: { v: value } });
        assert.ok(matchMessage(match, text(value)).matched);
        assert.ok(!matchMessage(match, text(`${value}x`)).matched);
      }),
    );
  });
});
