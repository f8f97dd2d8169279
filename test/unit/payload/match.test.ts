import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { matchMessage } from '../../../src/core/payload/match.js';
import type { Match } from '../../../src/core/base/plan.js';

const text = (value: string) => ({ binary: false, bytes: Buffer.from(value) });
const binary = (hex: string) => ({ binary: true, bytes: Buffer.from(hex, 'hex') });

describe('matchMessage', () => {
  const reply = '{"type":"ack","payload":{"id":7,"tags":["a","b"],"at":null}}';
  const rows: readonly (readonly [Match, ReturnType<typeof text>, boolean, RegExp])[] = [
    [{ equals: 'hi' }, text('hi'), true, /^"hi"$/],
    [{ equals: 'hi' }, text('hi '), false, /^"hi "$/],
    [{ equals: 'hi' }, binary('6869'), false, /^binary, 2 bytes: 68 69$/],
    [{ contains: 'pong' }, text('a pong b'), true, /pong/],
    [{ contains: 'pong' }, text('PONG'), false, /PONG/],
    [{ matches: '^p.ng$' }, text('pong'), true, /pong/],
    [{ matches: '^p.ng$' }, text('pongs'), false, /pongs/],
    [{ jsonPath: '$.type', equals: 'ack' }, text(reply), true, /^"ack"$/],
    [{ jsonPath: '$.type', equals: 'nack' }, text(reply), false, /^"ack"$/],
    [{ jsonPath: '$.payload', equals: { tags: ['a', 'b'], at: null, id: 7 } }, text(reply), true, /tags/],
    [{ jsonPath: '$..tags[*]', equals: 'b' }, text(reply), true, /^"a", "b"$/],
    [{ jsonPath: '$.payload.id', matches: '^[0-9]$' }, text(reply), true, /^7$/],
    [{ jsonPath: '$.type', matches: '^b' }, text(reply), false, /ack/],
    [{ jsonPath: '$.payload.at', exists: true }, text(reply), true, /^null$/],
    [{ jsonPath: '$.payload.no', exists: true }, text(reply), false, /^nothing there$/],
    [{ jsonPath: '$.payload.no', exists: false }, text(reply), true, /^nothing there$/],
    [{ jsonPath: '$.a', equals: null }, text('{}'), false, /^nothing there$/],
    [{ jsonPath: '$.a', exists: false }, text('not json'), false, /^no JSON: "not json"$/],
    [{ binary: '00 FF' }, binary('00ff10'), true, /^binary, 3 bytes: 00 ff 10$/],
    [{ binary: '00ff' }, binary('00'), false, /^binary, 1 bytes: 00$/],
    [{ binary: '' }, binary(''), true, /0 bytes/],
    [{ binary: '68' }, text('hi'), false, /^text hi$/],
    [{ matches: '(' }, text('x'), false, /not judged: Invalid regular/],
    [{ jsonPath: '$[', exists: true }, text('{}'), false, /not judged/],
  ];
  for (const [match, message, matched, actual] of rows) {
    it(`${JSON.stringify(match)} of ${message.binary ? message.bytes.toString('hex') : message.bytes.toString()}: ${matched}`, () => {
      const result = matchMessage(match, message);
      assert.equal(result.matched, matched);
      assert.match(result.actual, actual);
    });
  }

  it('says for people what was expected', () => {
    const expected = (match: Match) => matchMessage(match, text('')).expected;
    assert.equal(expected({ jsonPath: '$.type', equals: 'ack' }), '$.type equals "ack"');
    assert.equal(expected({ jsonPath: '$.a', exists: false }), '$.a is absent');
    assert.equal(expected({ matches: '^a' }), 'matches /^a/');
    assert.equal(expected({ binary: '00ff' }), 'binary, starts with 00ff');
  });

  it('stops a regular expression that would never end', () => {
    const { matched, actual } = matchMessage({ matches: '^(a+)+$' }, text(`${'a'.repeat(50)}!`));
    assert.equal(matched, false);
    assert.match(actual, /longer than 500 ms/);
  });

  it('does not search beyond 1 MiB, but compares', () => {
    const long = 'x'.repeat(2 ** 20 + 1);
    assert.match(matchMessage({ contains: 'x' }, text(long)).actual, /1048577 bytes, too long/);
    assert.equal(matchMessage({ equals: long }, text(long)).matched, true);
  });

  it('shows at most 200 characters, none of them a control character, and never throws', () => {
    const match = fc.oneof(
      fc.record({ equals: fc.string() }),
      fc.record({ matches: fc.constantFrom('a', '(a', '.*', '\\u0000') }),
      fc.record({ jsonPath: fc.constantFrom('$', '$..*', '$[0]', '$.a[?@.b == 1]', '$$'), equals: fc.jsonValue() }),
      fc.record({ binary: fc.constantFrom('', '00', 'ff') }),
    );
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc.json().map((json) => new Uint8Array(Buffer.from(json))),
    );
    fc.assert(
      fc.property(match, fc.boolean(), bytes, (kind, isBinary, payload) => {
        const { expected, actual } = matchMessage(kind, { binary: isBinary, bytes: payload });
        for (const shown of [expected, actual]) {
          assert.ok(shown.length <= 200, shown);
          assert.doesNotMatch(shown, /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
        }
      }),
    );
  });
});
