import assert from 'node:assert/strict';
import { completeFilter, pathAt } from '../../../../src/core/frames/log/filter/completeFilter.js';
import { parseFilter } from '../../../../src/core/frames/log/filter/parseFilter.js';
import { FrameLog } from '../../../../src/core/frames/log/frameLog.js';
import { frameOf, rowsOf } from './support.js';

/** Rows 0 to 9 of the wire view; in the messages view 5 and 6 are one. */
function sample(): FrameLog {
  const log = new FrameLog({ spillDir: null });
  log.append(frameOf({ direction: 'sent', payload: '{"type":"subscribe","id":1}', atMs: 10 }), 1);
  log.append(
    frameOf({ payload: '{"type":"next","price":12.5,"tags":["a","b"],"ok":true,"gone":null}', atMs: 1500 }),
    1,
  );
  log.append(frameOf({ opcode: 9, payload: 'Ping-1', atMs: 2000 }), 1);
  log.append(frameOf({ direction: 'sent', opcode: 10, payload: 'Ping-1', atMs: 2001 }), 1);
  log.append(frameOf({ rsv1: true, payload: Uint8Array.of(1, 2, 3), atMs: 3000 }), 1);
  log.attachInflated('received', Buffer.from('Grüße aus dem DEFLATE'), false);
  log.append(frameOf({ opcode: 2, fin: false, payload: 'bina', atMs: 4000 }), 2);
  log.append(frameOf({ opcode: 0, payload: 'ry (tail)', atMs: 65_000 }), 2);
  log.append(frameOf({ payload: 'x'.repeat(3000), atMs: 66_000 }), 2);
  log.append(frameOf({ opcode: 8, payload: Buffer.from('03e8627965', 'hex'), atMs: 66_001 }), 2);
  log.appendEvent('closed by the server', 66_002, 2);
  log.mark(8, true);
  return log;
}

const wire: [filter: string, rows: number[]][] = [
  ['', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
  ['  ', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
  ['type', [0, 1]],
  ['TYPE', [0, 1]],
  ['case:on TYPE', []],
  ['TYPE case:on', []],
  ['case:on Ping', [2, 3]],
  ['case:off ping', [2, 3]],
  ['type subscribe', [0]],
  ['type and subscribe', [0]],
  ['subscribe or ping', [0, 2, 3]],
  ['subscribe|ping', [0, 2, 3]],
  ['subscribe OR Ping dir:out', [0, 3]],
  ['(subscribe or ping) dir:out', [0, 3]],
  ['-type', [2, 3, 4, 5, 6, 7, 8, 9]],
  ['not type', [2, 3, 4, 5, 6, 7, 8, 9]],
  ['-(type or ping)', [4, 5, 6, 7, 8, 9]],
  ['not not type', [0, 1]],
  ['type -subscribe', [1]],
  ['ping-1', [2, 3]],
  ['"(tail"', [6]],
  ['"\\"type\\""', [0, 1]],
  ['"\\u0070ing"', [2, 3]],
  ['GRÜSSE', []],
  ['GRÜ', [4]],
  ['deflate', [4]],
  ['binary', []],
  ['/ping-\\d/i', [2, 3]],
  ['/ping/', []],
  ['-/./', []],
  ['/^x+$/', [7]],
  ['/[/]/', []],
  ['dir:in', [1, 2, 4, 5, 6, 7, 8]],
  ['dir:received kind:text', [1, 4, 7]],
  ['dir:sent', [0, 3]],
  ['dir:in,out', [0, 1, 2, 3, 4, 5, 6, 7, 8]],
  ['kind:ping,pong', [2, 3]],
  ['KIND:Ping', [2]],
  ['kind:continuation', [6]],
  ['kind:event', [9]],
  ['op:0x9', [2]],
  ['op:9,10', [2, 3]],
  ['op:0', [6]],
  ['size>1k', [7]],
  ['size > 2.9k', [7]],
  ['size>=3000b', [7]],
  ['size=6', [2, 3]],
  ['size==6', [2, 3]],
  ['size:6', [2, 3]],
  ['size!=6 size<10', [4, 5, 6, 8]],
  ['wire=12', [3]],
  ['wire>1m', []],
  ['time>65', [7, 8, 9]],
  ['time>=65s', [6, 7, 8, 9]],
  ['time<2001ms time>10ms', [1, 2]],
  ['time<1m', [0, 1, 2, 3, 4, 5]],
  ['marked', [8]],
  ['is:marked', [8]],
  ['-marked kind:close', []],
  ['conn:2', [5, 6, 7, 8, 9]],
  ['conn:1,2 kind:event', [9]],
  ['is:compressed', [4]],
  ['is:fragmented', [5, 6]],
  ['is:compressed,fragmented', [4, 5, 6]],
  ['is:dropped', []],
  ['is:masked', [0, 3]],
  ['bye', [8]],
  ['server', [9]],
  ['$.type', [0, 1]],
  ['$', [0, 1]],
  ['$.type == "next"', [1]],
  ['$.type=="next"', [1]],
  ['$.type = next', [1]],
  ['$.type == Next', []],
  ['$.type != "next"', [0]],
  ['$.type ~ /^SUB/i', [0]],
  ['$.type ~ EX', [1]],
  ['$.price > 12', [1]],
  ['$.price<12.5', []],
  ['$.price >= 12.5', [1]],
  ['$.ok == true', [1]],
  ['$.gone == null', [1]],
  ['$.ok == "true"', []],
  ['$.tags[*] == b', [1]],
  ['$.tags[?@ == "b"]', [1]],
  ['$["type"] == or', []],
  ['-$.type kind:text', [4, 7]],
  ['($.type)', [0, 1]],
  ['$.type|ping', [0, 1, 2, 3]],
  ['http://x', []],
  ['$5', []],
  ['12:30', []],
  ['-', [2, 3]],
  ['size', []],
];

const messages: [filter: string, rows: number[]][] = [
  ['', [0, 1, 2, 3, 4, 6, 7, 8, 9]],
  ['binary', [6]],
  ['"ary (t"', [6]],
  ['-binary kind:binary', []],
  ['is:fragmented', [6]],
  ['frames>1', [6]],
  ['frames=1 kind:text', [0, 1, 4, 7]],
  ['size=23', [4]],
  ['size=13', [6]],
  ['wire=17', [6]],
  ['kind:continuation', []],
  ['time=65', [6]],
  ['/^binary/', [6]],
];

const problems: [filter: string, index: number, length: number, message: RegExp][] = [
  ['"abc', 0, 4, /no closing quote/],
  ['""', 0, 2, /nothing between/],
  ['a /b', 2, 2, /no closing "\/"/],
  ['/(/', 0, 3, /regular expression: .*Unterminated group/],
  ['/a/gg', 0, 5, /flags g and y/],
  ['/path/to', 0, 8, /quote it/],
  ['dri:in', 0, 3, /no field "dri".*quote it: "dri:in"/],
  ['dir:up', 4, 2, /in or out/],
  ['dir:', 0, 4, /in or out/],
  ['a kind:txt', 7, 3, /Kinds are text, binary/],
  ['op:16', 3, 2, /0x0 to 0xf/],
  ['op:x', 3, 1, /0x0 to 0xf/],
  ['is:big', 3, 3, /can be compressed/],
  ['conn:0', 5, 1, /number from 1/],
  ['case:maybe', 5, 5, /case:on or case:off/],
  ['size>', 0, 5, /number of bytes/],
  ['size>big', 5, 3, /number of bytes/],
  ['size>1x', 5, 2, /number of bytes/],
  ['size ~ 5', 0, 8, /compared with/],
  ['time>soon', 5, 4, /ms, s, m or h/],
  ['frames>many', 7, 4, /number/],
  ['a or', 2, 2, /after "or"/],
  ['or a', 0, 2, /beside "or"/],
  ['and a', 0, 3, /beside "and"/],
  ['a not', 2, 3, /after "not"/],
  ['(a', 0, 1, /never closed/],
  ['a)', 1, 1, /closes nothing/],
  ['()', 0, 1, /nothing between/],
  ['$.a[', 0, 4, /no JSON path/],
  ['$.a ==', 0, 6, /value is missing/],
  ['$.a == /x/', 7, 3, /after "~"/],
  ['$.a ~ /(/', 6, 3, /regular expression/],
];

describe('the filter language', () => {
  const log = sample();
  for (const [mode, table] of Object.entries({ wire, messages }) as ['wire' | 'messages', typeof wire][]) {
    for (const [filter, expected] of table) {
      it(`${mode}: ${JSON.stringify(filter)}`, async () => {
        assert.deepEqual(parseFilter(filter).problems, []);
        assert.deepEqual(
          (await rowsOf(log, mode, filter)).map(({ id }) => id),
          expected,
        );
      });
    }
  }

  for (const [filter, index, length, message] of problems) {
    it(`tells what is wrong with ${JSON.stringify(filter)}`, async () => {
      const [problem] = parseFilter(filter).problems;
      assert.ok(problem, 'no problem');
      assert.match(problem.message, message);
      assert.deepEqual([problem.index, problem.length], [index, length]);
      assert.ok(problem.index + problem.length <= filter.length);
      const view = log.openView({ mode: 'wire', filter });
      assert.deepEqual([view.problems[0], view.total], [problem, 0]);
      view.close();
    });
  }

  it('bounds what a text can cost', () => {
    for (const nested of ['('.repeat(200), `${'-'.repeat(5000)}a`]) {
      assert.ok(parseFilter(nested).problems.some(({ message }) => /nested too deeply/.test(message)));
    }
    assert.match(
      parseFilter('a'.repeat(1001))
        .problems.map(({ message }) => message)
        .join(),
      /1000 characters/,
    );
    assert.match(parseFilter('a'.repeat(10_001)).problems[0]!.message, /10000 characters/);
  });

  it('runs the longest text there is', async () => {
    assert.deepEqual(await rowsOf(log, 'wire', 'aß'.repeat(500)), []);
  });
});

describe('completeFilter', () => {
  const texts = (text: string, cursor = text.length) => completeFilter(text, cursor).map(({ text }) => text);

  it('offers fields where a word begins', () => {
    assert.deepEqual(texts('error -k'), ['kind:']);
    assert.deepEqual(texts('s'), ['size>']);
    assert.ok(texts('').includes('$.') && texts('a (').includes('dir:'));
  });

  it('offers the values of a field, those left', () => {
    assert.deepEqual(texts('kind:p'), ['ping', 'pong']);
    assert.deepEqual(texts('kind:ping,p'), ['pong']);
    assert.deepEqual(texts('dir:'), ['in', 'out', 'received', 'sent']);
  });

  it('goes on with the JSON paths that there are', () => {
    const paths = ['$.type', '$.payload.Total', '$.items[*].id'].map((path) => ({ text: path, detail: '1' }));
    const found = (text: string) => completeFilter(text, text.length, paths).map((each) => each.text);
    assert.deepEqual(found('dir:in $.p'), ['$.payload.Total']);
    assert.deepEqual(found('$.payload.t'), ['$.payload.Total']);
    assert.deepEqual(found('$'), ['$.', ...paths.map((each) => each.text)]);
    assert.deepEqual(found('$.type'), [], 'it is all there');
    assert.equal(completeFilter('a $.t', 5, paths)[0]?.index, 2);
    assert.deepEqual(
      ['a $.t', '-$', 'dir:', '"$.t'].map((text) => pathAt(text, text.length)),
      ['$.t', '$', null, null],
    );
  });

  it('says what it replaces', () => {
    const [completion] = completeFilter('error kind:pi more', 13);
    assert.deepEqual([completion!.text, completion!.index, completion!.length], ['ping', 11, 2]);
    assert.equal(completeFilter('-k', 2)[0]!.index, 1);
  });

  it('offers nothing inside quotes or after an unknown field', () => {
    assert.deepEqual(texts('"ki'), []);
    assert.deepEqual(texts('foo:'), []);
  });
});
