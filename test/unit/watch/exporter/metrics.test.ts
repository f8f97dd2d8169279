import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import type { Report } from '../../../../src/core/base/model.js';
import { TapFigures } from '../../../../src/core/tap/relay/tapFigures.js';
import { TapMetrics } from '../../../../src/core/tap/relay/tapMetrics.js';
import { type Format, probeMetrics } from '../../../../src/core/watch/exporter/probeMetrics.js';
import { Totals } from '../../../../src/core/watch/exporter/totals.js';
import { FIXTURES, healthyEcho as healthy } from '../../cli/fixtures.js';

const FORMATS: readonly Format[] = ['openmetrics', 'text'];
const LABELS = String.raw`\{[a-z_]+="(?:[^"\\\n]|\\["\\n])*"(?:,[a-z_]+="(?:[^"\\\n]|\\["\\n])*")*\}`;
const LINE = new RegExp(
  String.raw`^(?:# HELP [a-z_]+ .+|# TYPE [a-z_]+ (?:gauge|counter|histogram)|[a-z_]+(?:${LABELS})? (?:-?[\d.e+-]+|\+Inf|NaN)|# EOF|)$`,
);

function assertValid(text: string): void {
  for (const line of text.split('\n')) assert.match(line, LINE);
}

const SUBJECT = { target: 'wss://h/', profile: 'p' };

describe('the metrics of the exporter', () => {
  it('are valid for every report, and each phase that ran is there', async () => {
    for (const report of Object.values(FIXTURES)) {
      for (const format of FORMATS) {
        const text = await probeMetrics(report, false, format).metrics();
        assertValid(text);
        const ran = report.phases.filter(({ status }) => status !== 'skipped' && status !== 'not-reached');
        assert.equal(text.match(/^wsprobe_phase_duration_seconds\{/gm)?.length ?? 0, ran.length);
        assert.match(text, new RegExp(`^wsprobe_verdict\\{verdict="${report.verdict}"\\} 1$`, 'm'));
      }
    }
  });

  it('are valid and bounded whatever a peer calls its subprotocol and a profile its name', async () => {
    const texts = fc.oneof(fc.string({ unit: 'binary', maxLength: 600 }), fc.stringMatching(/^["\\\n{}=,#]{0,20}$/));
    await fc.assert(
      fc.asyncProperty(texts, async (hostile) => {
        const [report] = Object.values(FIXTURES);
        assert.ok(report);
        const said: Report = { ...report, subprotocol: { offered: [], selected: hostile } };
        const totals = new Totals();
        totals.add(said, { target: hostile, profile: hostile });
        for (const format of FORMATS) {
          const text = await probeMetrics(said, false, format).metrics();
          assertValid(text);
          assertValid(await totals.write(format, 0));
          for (const line of text.split('\n')) assert.ok(line.length < 1_000);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('a chain ends with the first of its certificates', async () => {
    assert.ok(healthy.tls);
    const [leaf] = healthy.tls.chain;
    assert.ok(leaf);
    const chain = ['2027-01-02T00:00:00.000Z', '2027-01-01T00:00:00.000Z'].map((validTo) => ({ ...leaf, validTo }));
    const text = await probeMetrics({ ...healthy, tls: { ...healthy.tls, chain } }, false, 'text').metrics();
    assert.match(text, /^wsprobe_certificate_expiry_timestamp_seconds 1798761600$/m);
  });

  it('over time keep to a bounded number of targets and codes', async () => {
    const totals = new Totals();
    const [report] = Object.values(FIXTURES).filter(({ close }) => close !== null);
    assert.ok(report?.close);
    for (let turn = 0; turn < 700; turn++) totals.add(report, { ...SUBJECT, target: `wss://h/${turn}` });
    for (let code = 3000; code < 3300; code++) totals.add({ ...report, close: { ...report.close, code } }, SUBJECT);
    const text = await totals.write('text', 0);
    const valuesOf = (label: string) =>
      new Set([...text.matchAll(new RegExp(`${label}="([^"]*)"`, 'g'))].map(([, value]) => value));
    assert.equal(valuesOf('target').size, 501);
    assert.ok(valuesOf('target').has('other'));
    assert.ok(valuesOf('code').size < 120);
    assert.match(text, /^wsprobe_probes_total\{verdict="\w+",target="other",profile="other"\} 500$/m);
  });

  it('have every name that the examples alert on', async () => {
    const totals = new Totals();
    totals.add(healthy, SUBJECT);
    const texts = [
      await probeMetrics(healthy, false, 'text').metrics(),
      await totals.write('text', 0),
      await new TapMetrics().write('text', new TapFigures().summary(0, []), null),
    ];
    const known = new Set(texts.flatMap((text) => text.match(/^wsprobe_[a-z_]+/gm) ?? []));
    for (const typed of texts.join('\n').matchAll(/^# TYPE (\S+)/gm)) known.add(typed[1] ?? '');
    const rules = readFileSync('examples/monitoring/wsprobe.rules.yml', 'utf8');
    const used = new Set(rules.match(/\bwsprobe_[a-z_]+/g));
    assert.ok(used.size >= 5);
    for (const name of used) assert.ok(known.has(name), `${name} in ${[...known].join(', ')}`);
  });
});
