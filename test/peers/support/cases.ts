import assert from 'node:assert/strict';
import { findProgram, missingOf } from '../../../scripts/software.mjs';
import type { PhaseName, Report, Verdict } from '../../../src/core/base/model.js';
import { runProbe } from '../../../src/core/probe/runProbe.js';
import { planFor } from '../../support/plan.js';
import { assertMatchesSchema } from '../../support/reportSchema.js';
import { type Backends, startBackends } from './backends.js';
import { makePki, type Pki } from './pki.js';
import { type Peer, type PeerSpec, softwareOf, startPeer } from './peer.js';

export type Overrides = NonNullable<Parameters<typeof planFor>[1]>;

/** What runs for the tests of one server. */
export interface Scene {
  readonly peer: Peer;
  readonly backends: Backends;
  readonly pki: Pki;
}

export interface Case {
  readonly name: string;
  /** `{name}` stands for `127.0.0.1:port` of the peer's port of that name, `{:name}` for `:port`. */
  readonly url: string;
  readonly plan?: Overrides | ((scene: Scene) => Overrides);
  /** `down` by default, `healthy` when `findings` is empty. */
  readonly verdict?: Verdict;
  /** The phase that failed; null: none did. */
  readonly phase?: PhaseName | null;
  /** Every finding in order, the headline first: `id @ layer`. */
  readonly findings: readonly string[];
  /** What the headline says in its title, explanation, evidence or fixes. */
  readonly shows?: readonly (string | RegExp)[];
  /** Takes seconds: run before the others, together with all slow ones. */
  readonly slow?: boolean;
  readonly check?: (report: Report, scene: Scene) => void;
}

/** Where a program of `software.json` is. Null leaves a test behind that says what is missing: it fails, or is left out as asked. */
export function programFor(id: string): string | null {
  const software = softwareOf(id);
  const program = findProgram(software);
  if (program !== null) return program;
  const missing = missingOf(software) ?? software.name;
  if (process.env['WSPROBE_PEERS'] === 'available') it(`left out: ${missing}`);
  else it(missing, () => assert.fail(missing));
  return null;
}

/** A `describe` over a server that somebody else wrote: what it needs is started before and ended after. */
export function describePeer(
  title: string,
  spec: (scene: Omit<Scene, 'peer'>) => PeerSpec,
  software: string,
  body: (scene: () => Scene) => void,
): void {
  describe(title, () => {
    if (programFor(software) === null) return;
    let backends: Backends | null = null;
    let scene: Scene | null = null;
    before(async function () {
      // Longer than a server may take to come up: what starts after the end is never stopped.
      this.timeout(60_000);
      const pki = await makePki();
      backends = await startBackends(pki);
      scene = { backends, pki, peer: await startPeer(spec({ backends, pki })) };
    });
    after(async () => {
      await scene?.peer.stop();
      // They are there without the peer too, when that did not start.
      await backends?.stop();
    });
    afterEach(function () {
      if (this.currentTest?.state === 'failed' && scene) process.stdout.write(`${scene.peer.log()}\n`);
    });
    body(() => {
      assert.ok(scene, 'the server has not started');
      return scene;
    });
  });
}

/** One test a row: the report of a probe is held against everything that the row says. */
export function probeCases(scene: () => Scene, cases: readonly Case[]): void {
  const begun = new Map<Case, Promise<Report>>();
  before(async () => {
    for (const row of cases.filter(({ slow }) => slow)) begun.set(row, probe(scene(), row));
    // Nothing else runs meanwhile: timers of the servers are read to the hundredth of a second.
    await Promise.allSettled(begun.values());
  });
  for (const row of cases) {
    it(`${row.name}: ${row.findings.length === 0 ? 'healthy' : row.findings.join(', ')}`, async () => {
      const report = await (begun.get(row) ?? probe(scene(), row));
      assertReport(report, row);
      row.check?.(report, scene());
    });
  }
}

export function planOf(scene: Scene, { url, plan }: Pick<Case, 'url' | 'plan'>) {
  return planFor(scene.peer.url(url), typeof plan === 'function' ? plan(scene) : plan);
}

/** A row in a test of its own. */
export async function runRow(scene: Scene, row: Omit<Case, 'name'>): Promise<Report> {
  const report = await probe(scene, row);
  assertReport(report, row);
  row.check?.(report, scene);
  return report;
}

function probe(scene: Scene, row: Pick<Case, 'url' | 'plan'>): Promise<Report> {
  return runProbe(planOf(scene, row));
}

function assertReport(report: Report, row: Omit<Case, 'name'>): void {
  const healthy = row.findings.length === 0;
  assert.deepEqual(
    {
      findings: report.findings.map(({ id, layer }) => `${id} @ ${layer}`),
      verdict: report.verdict,
      phase: report.error?.phase ?? null,
    },
    {
      findings: row.findings,
      verdict: row.verdict ?? (healthy ? 'healthy' : 'down'),
      phase: row.phase ?? null,
    },
    summaryOf(report),
  );
  const said = JSON.stringify(report.findings[0] ?? {});
  for (const phrase of row.shows ?? []) {
    const found = typeof phrase === 'string' ? said.includes(JSON.stringify(phrase).slice(1, -1)) : phrase.test(said);
    assert.ok(found, `the headline does not say ${String(phrase)}: ${JSON.stringify(report.findings[0], null, 1)}`);
  }
  assertMatchesSchema(report);
}

/** What a person needs to see of a report that is not as it should be. */
function summaryOf(report: Report): string {
  const { error, findings, phases, response, close, proxy, tls } = report;
  return JSON.stringify(
    {
      findings: findings.map(({ id, layer, title, evidence }) => ({ id, layer, title, evidence })),
      error,
      phases: phases.map(({ name, status, durationMs }) => `${name} ${status} ${durationMs}`),
      response,
      close,
      proxy,
      tls: tls && { ...tls, chain: tls.chain.length },
    },
    null,
    1,
  );
}
