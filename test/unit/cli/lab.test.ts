import assert from 'node:assert/strict';
import { labCommand } from '../../../src/cli/commands/lab.js';
import type { Report, Variation } from '../../../src/core/base/model.js';
import type { ProbePlan } from '../../../src/core/base/plan.js';
import { fakeIo } from './fakeIo.js';
import { healthyEcho, unfollowedRedirect } from './fixtures.js';
import { assertGolden } from './golden.js';

const TARGET = ['handshake', 'ws://127.0.0.1:9/'];

async function lab(report: Report, argv: readonly string[] = TARGET) {
  const io = fakeIo();
  let plan: ProbePlan | null = null;
  const exitCode = await labCommand(argv, io, async () => async (given, { onVariation }) => {
    plan = given;
    for (const variation of report.differential?.variations ?? []) onVariation?.(variation);
    return report;
  });
  return { exitCode, out: io.out(), err: io.err(), plan: plan as ProbePlan | null };
}

function uncured(stopped: string | null): Report {
  const variations = unfollowedRedirect.differential?.variations.slice(0, 2) ?? [];
  const findings = unfollowedRedirect.findings.slice(0, 1);
  return { ...unfollowedRedirect, findings, differential: { variations, cure: null, stopped } };
}

describe('wsprobe lab handshake', () => {
  it('tells each variation, the cure with its fix, and why it fails as it was asked for', async () => {
    const { exitCode, out } = await lab(unfollowedRedirect);
    assertGolden('lab-cured', out);
    assert.equal(exitCode, 3);
  });

  it('says that nothing cures it, and why it stopped', async () => {
    const { exitCode, out } = await lab(uncured('a minute was over'));
    assertGolden('lab-not-cured', out);
    assert.equal(exitCode, 3);
  });

  it('has nothing to change where the handshake succeeds', async () => {
    const { exitCode, out } = await lab(healthyEcho);
    assert.match(out, /^cure +The handshake succeeds as it is: there was nothing to change\.\n\n✔ healthy/);
    assert.equal(exitCode, 0);
  });

  it('prints the report and nothing else as JSON', async () => {
    const { out } = await lab(unfollowedRedirect, [...TARGET, '--json']);
    assert.deepEqual(JSON.parse(out), unfollowedRedirect);
  });

  it('tells everything once with --verbose', async () => {
    const { out } = await lab(unfollowedRedirect, [...TARGET, '--verbose']);
    assert.match(out, /^request +GET/m);
    assert.equal(out.match(/wss: instead of ws:/g)?.length, 2);
  });

  it('takes the options of a probe, and refuses what is no target', async () => {
    const { plan } = await lab(healthyEcho, [...TARGET, '--http', '2', '--proxy', 'none', '-H', 'X-A: 1']);
    assert.deepEqual([plan?.http, plan?.proxyChoice, plan?.headers], ['2', 'none', [['X-A', '1']]]);
    const refused = await lab(healthyEcho, ['handshake', 'http://127.0.0.1/']);
    assert.equal(refused.exitCode, 2);
    assert.equal(refused.plan, null);
    assert.match(refused.err, /invalid-url/);
  });

  it('ends as interrupted, with what it has', async () => {
    const io = fakeIo();
    const exitCode = await labCommand(TARGET, io, async () => (_plan, { signal }) => {
      const aborted = new Promise<Report>((settle) => {
        signal?.addEventListener('abort', () => settle(uncured('it was cancelled')));
      });
      io.signal('SIGINT');
      return aborted;
    });
    assert.equal(exitCode, 130);
    assert.match(io.out(), /Stopped early: it was cancelled/);
  });

  it('lets no text of a server reach the terminal as an escape or a new line', async () => {
    const hostile = '\u001b[2J\u202eevil\r\nverdict: healthy';
    const variation: Variation = { id: 'x', change: hostile, passed: true, outcome: hostile, durationMs: 1 };
    const differential = { variations: [variation], cure: 'x', stopped: hostile };
    const { out } = await lab({ ...unfollowedRedirect, findings: [], differential });
    for (const line of out.split('\n')) assert.doesNotMatch(line, /[\p{Cc}\p{Cf}]|^verdict/u);
  });
});
