import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { Aligner, type Item } from '../../../src/cli/diff/aligner.js';
import { compareReports } from '../../../src/core/compare/reports.js';
import { normaliseText } from '../../../src/core/contract/normalise.js';
import { runCli } from '../../../src/cli/main.js';
import type { Report } from '../../../src/core/base/model.js';
import { openHistory } from '../../../src/core/watch/history/history.js';
import { frameLine, header } from '../record/samples.js';
import { sample } from '../watch/samples.js';
import { fakeIo } from './fakeIo.js';
import { healthyEcho, rejectedAfterOpen } from './fixtures.js';
import { assertGolden } from './golden.js';

const text = (content: string) => ({ text: content, payloadBytes: content.length, wireBytes: content.length + 2 });

describe('wsprobe diff', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'wsprobe-diff-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  const save = (name: string, ...lines: readonly object[]) => {
    writeFileSync(join(folder, name), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    return name;
  };
  async function diff(...argv: string[]) {
    const io = fakeIo({ cwd: folder });
    return { exitCode: await runCli(['diff', ...argv], io), out: io.out(), err: io.err() };
  }
  const run = (...results: object[]) => ({ schema: 'wsprobe.run/1', results });
  const result = (target: string, report: Report, exitCode = 0) => ({
    target,
    environment: null,
    iteration: 1,
    exitCode,
    report,
  });

  const slower: Report = {
    ...healthyEcho,
    verdict: 'degraded',
    phases: healthyEcho.phases.map((each) => (each.name === 'upgrade' ? { ...each, durationMs: 480 } : each)),
    tls: {
      ...healthyEcho.tls!,
      chain: [{ ...healthyEcho.tls!.chain[0]!, validTo: '2027-04-18T00:00:00.000Z', fingerprint256: '11:22' }],
    },
    response: {
      ...healthyEcho.response!,
      headers: [...healthyEcho.response!.headers, ['Date', 'now'], ['X-Served-By', 'edge-7\u001b[2J']],
    },
  };

  it('says so when nothing changed', async () => {
    save('a.json', healthyEcho);
    save('b.json', { ...healthyEcho, startedAt: '2027-01-01T00:00:00.000Z', durationMs: 360 });
    const { exitCode, out, err } = await diff('a.json', 'b.json');
    assert.equal(exitCode, 0);
    assert.equal(err, '');
    assert.match(out, /nothing changed/);
  });

  it('tells what changed between two reports', async () => {
    save('a.json', healthyEcho);
    save('b.json', slower);
    const { exitCode, out } = await diff('a.json', 'b.json');
    assert.equal(exitCode, 1);
    assertGolden('diff-report', out);
  });

  it('tells of a report that fails, the whole of it', async () => {
    save('a.json', healthyEcho);
    save('b.json', rejectedAfterOpen);
    const { exitCode, out } = await diff('a.json', 'b.json', '--json');
    assert.equal(exitCode, 1);
    const document = JSON.parse(out);
    assert.equal(document.schema, 'wsprobe.diff/1');
    assert.equal(document.changed, true);
    const kinds = document.comparisons[0].changes.map(({ kind }: { kind: string }) => kind);
    for (const kind of ['verdict', 'close']) assert.ok(kinds.includes(kind), kind);
  });

  it('pairs the results of two runs', async () => {
    save('a.json', run(result('orders.wsprobe', healthyEcho), result('old.wsprobe', healthyEcho)));
    save('b.json', run(result('orders.wsprobe', slower), result('new.wsprobe', healthyEcho)));
    const { exitCode, out } = await diff('a.json', 'b.json');
    assert.equal(exitCode, 1);
    assertGolden('diff-run', out);
  });

  it('tells what changed between two experiments: numbers, times beyond noise, findings', async () => {
    const idle = (verdict: string, idleCutoffMs: number | null, survived: number, findings: object[] = []) => ({
      schema: 'wsprobe.experiment/1',
      experiment: 'idle',
      verdict,
      numbers: { idleCutoffMs, survived },
      findings,
    });
    save('a.json', idle('pass', 60_000, 8));
    save('b.json', idle('fail', 3_000, 8, [{ id: 'lab.idle-cutoff', title: 'Silent connections are cut after 3 s' }]));
    const { exitCode, out } = await diff('a.json', 'b.json');
    assert.equal(exitCode, 1);
    assert.match(out, /verdict\n  - pass\n  \+ fail/);
    assert.match(out, /finding lab\.idle-cutoff\n  \+ Silent connections/);
    assert.match(out, /idle cutoff.*→.*changed, -57\.0 s/);
    assert.doesNotMatch(out, /survived/);
    save('c.json', idle('pass', 60_010, 8));
    assert.equal((await diff('a.json', 'c.json')).exitCode, 0);
  });

  it('tells what changed between two watches, whatever the number of their looks', async () => {
    const well = { certificate: 'AA', phases: { tcp: 1, upgrade: 20 } };
    save('a.jsonl', sample(well), sample(well), sample({ ...well, profile: 'old.wsprobe' }));
    const worse = { certificate: 'BB', phases: { tcp: 1, upgrade: 200 }, closeCode: 1006, clean: false };
    save('b.jsonl', sample(well), sample({ ...worse, verdict: 'down' }), sample(worse), sample(worse));
    const { exitCode, out } = await diff('a.jsonl', 'b.jsonl');
    assert.equal(exitCode, 1);
    assertGolden('diff-watch', out);
    save('c.jsonl', ...Array.from({ length: 7 }, () => sample(well)), sample({ ...well, profile: 'old.wsprobe' }));
    assert.equal((await diff('a.jsonl', 'c.jsonl')).exitCode, 0);
  });

  it('compares a watch with itself when it was last healthy, from its history too', async () => {
    const at = (minute: number) => `2026-11-20T12:${minute}:00.000Z`;
    const lines = [
      sample({ at: at(10), serverFingerprint: 'server: one', phases: { upgrade: 20 } }),
      sample({ at: at(12), verdict: 'down', finding: 'upgrade.status-502', status: 502, phases: { upgrade: 200 } }),
      sample({ at: at(11), profile: 'other.wsprobe' }),
      sample({ at: at(12), profile: 'other.wsprobe' }),
      sample({ at: at(12), profile: 'never.wsprobe', verdict: 'down' }),
    ];
    save('looks.jsonl', ...lines);
    const { exitCode, out } = await diff('looks.jsonl');
    assert.equal(exitCode, 1);
    assertGolden('diff-last-healthy', out);
    const history = await openHistory(join(folder, 'history'), assert.fail);
    for (const line of lines) await history.append(line);
    await history.close();
    assert.equal((await diff('history')).out, out);
  });

  it('compares the messages of recordings without what is new each time', async () => {
    const subscribed = (id: string) => text(`{"type":"subscribed","id":"${id}"}`);
    const tick = (seq: number, price: number) =>
      text(`{"price":${price},"seq":${seq},"at":"2026-11-2${seq}T12:00:00Z"}`);
    const close = (code: number) => ({
      type: 'close',
      connection: 1,
      atMs: 90,
      close: { code, reason: '', initiator: 'server', clean: true, evidence: '' },
    });
    save('a.wsrec', header, frameLine(subscribed('a1')), frameLine(tick(1, 10)), frameLine(tick(2, 11)), close(1000));
    save('b.wsrec', header, frameLine(subscribed('b2')), frameLine(tick(4, 10)), frameLine(tick(5, 11)), close(1000));
    assert.equal((await diff('a.wsrec', 'b.wsrec')).exitCode, 0);
    save(
      'c.wsrec',
      { ...header, subprotocol: null },
      frameLine(subscribed('c3')),
      frameLine(text('{"type":"error"}')),
      frameLine(tick(1, 10)),
      frameLine(tick(2, 12)),
      close(1011),
    );
    const { exitCode, out } = await diff('a.wsrec', 'c.wsrec');
    assert.equal(exitCode, 1);
    assertGolden('diff-recording', out);
  });

  it('compares the handshake of each connection, wherever it stands', async () => {
    const handshake = (served: string) => ({
      request: { target: '/', headers: [['Origin', 'https://a.example']] },
      response: { status: 101, reason: 'Switching Protocols', headers: [['Server', served]] },
    });
    const line = (connection: number, served: string) => ({
      type: 'connection',
      connection,
      atMs: connection,
      url: header.url,
      peer: null,
      subprotocol: null,
      dialect: null,
      ...handshake(served),
    });
    const later = { ...header, subprotocol: null, request: null, response: null };
    save('told.wsrec', { ...later, ...handshake('one') }, { type: 'open', connection: 1, atMs: 2 }, line(2, 'two'));
    save('later.wsrec', later, line(1, 'one'), { type: 'open', connection: 1, atMs: 2 }, line(2, 'two'));
    save('other.wsrec', later, line(1, 'one'), line(2, 'three'));
    assert.equal((await diff('told.wsrec', 'later.wsrec')).exitCode, 0);
    const { exitCode, out } = await diff('told.wsrec', 'other.wsrec', '--json');
    assert.equal(exitCode, 1);
    assert.match(
      out,
      /"kind": "connection 2, response header",\s+"name": "server",\s+"before": "two",\s+"after": "three"/,
    );
  });

  it('compares a HAR with itself, and says what it left out', async () => {
    const har = join(process.cwd(), 'test/unit/record/fixtures/chrome.har');
    const { exitCode, err } = await diff(har, har);
    assert.equal(exitCode, 0);
    assert.match(err, /chrome\.har: Left out/);
  });

  for (const [argv, message] of [
    [[], /diff wants two files/],
    [['ok.json'], /diff wants a second file beside ok\.json/],
    [['ok.json', 'looks.jsonl'], /a report and a watch cannot be compared/],
    [['idle.json', 'ramp.json'], /idle\.json is of the experiment idle, ramp\.json of ramp/],
    [['later.jsonl'], /later\.jsonl: .*later version of wsprobe/],
    [['ok.json', 'missing.json'], /cannot read missing\.json \(ENOENT\)/],
    [['ok.json', 'later.json'], /later\.json was written by a later version \(wsprobe\.report\/9\)\n +Update/],
    [['ok.json', 'text.json'], /text\.json is no JSON: .*\n +A report is what/],
    [['ok.json', 'other.json'], /other\.json is neither a report, a run nor an experiment \(its schema is not told\)/],
    [['ok.json', 'run.json'], /a report and a run cannot be compared/],
    [['ok.json', 'session.wsrec'], /a report and a recording cannot be compared/],
    [['ok.json', 'session.json'], /is a recording by another name/],
    [['ok.json', 'bad.har'], /bad\.har: The file is no HAR/],
    [['bad.wsrec', 'ok.json'], /bad\.wsrec: /],
  ] as const) {
    it(`refuses diff ${argv.join(' ')}`, async () => {
      save('ok.json', healthyEcho);
      save('later.json', { schema: 'wsprobe.report/9' });
      save('other.json', {});
      save('run.json', run());
      save('session.wsrec', header);
      save('looks.jsonl', sample());
      save('later.jsonl', { schema: 'wsprobe.sample/2' });
      for (const name of ['idle', 'ramp']) save(`${name}.json`, { schema: 'wsprobe.experiment/1', experiment: name });
      save('session.json', header, frameLine());
      for (const name of ['text.json', 'bad.har', 'bad.wsrec']) writeFileSync(join(folder, name), 'nonsense');
      const { exitCode, out, err } = await diff(...argv);
      assert.match(err, message);
      assert.equal(out, '');
      assert.equal(exitCode, 2);
    });
  }

  it('hides credentials of files that others wrote', () => {
    const report = (value: string) => ({ request: { headers: [['Authorization', `Bearer ${value}`]] } });
    assert.doesNotMatch(JSON.stringify(compareReports('x', {}, report('hunter2'))), /hunter2/);
  });

  it('takes reports of any shape', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        assert.deepEqual(compareReports('x', a, a).changes, []);
        compareReports('x', { findings: [a], tls: { chain: a }, phases: [b], steps: b, response: { headers: [a] } }, b);
      }),
    );
  });

  it('finds two sequences equal that are, and of others what is missing and come', () => {
    const item = (key: string): Item => ({ key, shown: key });
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom<string>('a', 'b', 'c'), { maxLength: 400 }),
        fc.nat(400),
        fc.boolean(),
        (keys, at, isLate) => {
          const told: (string | null)[][] = [];
          const aligner = new Aligner((was, is) => told.push([was?.key ?? null, is?.key ?? null]));
          const other = keys.toSpliced(at, 0, 'new');
          const sides = [['a', keys] as const, ['b', other] as const];
          for (const [side, list] of isLate ? sides : sides.toReversed())
            for (const key of list) aligner.push(side, item(key));
          aligner.end();
          assert.deepEqual(told, [[null, 'new']]);
        },
      ),
    );
  });

  it('normalises identifiers, times and sequence numbers, and nothing else', () => {
    const same = (a: string, b: string) => assert.equal(normaliseText(a), normaliseText(b));
    same('{"a":1,"b":2}', '{ "b": 2, "a": 1 }');
    same('{"orderId":"x1","seq":4}', '{"orderId":"y2","seq":5}');
    same('{"t":1764374400000}', '{"t":1764374401234}');
    same('at 2026-11-29T02:00:00Z', 'at 2026-11-30T03:00:00Z');
    assert.notEqual(normaliseText('{"price":1}'), normaliseText('{"price":2}'));
    assert.notEqual(normaliseText('{"n":"1"}'), normaliseText('{"n":1}'));
    assert.notEqual(normaliseText('hello'), normaliseText('Hello'));
  });
});
