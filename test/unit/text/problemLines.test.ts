import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Report } from '../../../src/core/base/model.js';
import { failureLines, problemLine } from '../../../src/core/text/problemLines.js';

const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  contributes: { problemMatchers: [{ pattern: { regexp: string } }] };
};
const matcher = new RegExp(manifest.contributes.problemMatchers[0].pattern.regexp);

const report = (part: Partial<Report>) =>
  ({ verdict: 'down', steps: [], findings: [], error: null, ...part }) as unknown as Report;
const step = {
  name: 'expect',
  kind: 'expect',
  status: 'failed',
  startMs: 0,
  durationMs: 1,
  error: 'nothing came',
  line: 7,
} as const;

describe('problems as lines', () => {
  it('are read by the matcher, whatever a server puts into them', () => {
    const line = {
      line: 3,
      column: 4,
      severity: 'error',
      message: 'a:1:2: error: \u001b[31m [x]\ny',
      code: 'step.failed',
    } as const;
    const found = matcher.exec(problemLine('C:/a b/c.wsprobe', line));
    ok(found);
    deepStrictEqual(found.slice(1), ['C:/a b/c.wsprobe', '3', '4', 'error', 'a:1:2: error: [31m [x] y', 'step.failed']);
  });

  it('are the failed steps at their lines', () => {
    const [line, ...others] = failureLines(report({ steps: [{ ...step, status: 'ok' }, step] }));
    deepStrictEqual(others, []);
    deepStrictEqual(line, {
      line: 7,
      column: 1,
      severity: 'error',
      message: 'expect: nothing came',
      code: 'step.failed',
    });
  });

  it('are the headline where no step failed, a warning when it is degraded', () => {
    const findings = [{ id: 'upgrade.status-404', title: 'Nothing here' }] as unknown as Report['findings'];
    deepStrictEqual(
      failureLines(report({ findings })).map(({ severity, code }) => [severity, code]),
      [['error', 'upgrade.status-404']],
    );
    deepStrictEqual(
      failureLines(report({ findings, verdict: 'degraded' })).map(({ severity }) => severity),
      ['warning'],
    );
    strictEqual(failureLines(report({ error: { code: 'x.y', message: 'm', phase: 'tcp' } }))[0]?.code, 'x.y');
  });

  it('are none of what is well', () => deepStrictEqual(failureLines(report({ verdict: 'healthy' })), []));
});
