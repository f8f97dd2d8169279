import * as vscode from 'vscode';
import { lastStepOf, sessionOutcomes, type TestOutcome, testOutcomes } from '../../core/language/testOutcomes.js';
import type { CheckProfile } from '../checkProfile.js';
import type { CommandId } from '../contributions.js';
import { messageOf } from '../errorText.js';
import { readProfile } from '../profileFiles.js';
import type { ProfileIndex } from '../profileIndex.js';
import type { Probes } from '../probes.js';
import { runSteps, type StepSessionParts } from './stepSessions.js';
import { type ReadTests, rootsOf, type TestItems } from './testItems.js';
import { messageAt, tellOutcomes } from './testMessages.js';

export interface TestRunParts {
  readonly index: ProfileIndex;
  readonly probes: Probes;
  readonly check: CheckProfile;
  readonly stepSessions: StepSessionParts;
}

/** Profiles are probed, or their steps run in sessions that the inspector shows. */
export type TestRunKind = 'probe' | 'session';

/** As many profiles are run at a time. */
const AT_ONCE: Readonly<Record<TestRunKind, number>> = { probe: 4, session: 1 };

type Roots = ReadonlyMap<vscode.TestItem, readonly vscode.TestItem[]>;

/** The runs of the Test Explorer. */
export class TestRuns {
  readonly #parts: TestRunParts;
  readonly #controller: vscode.TestController;
  readonly #items: TestItems;

  constructor(parts: TestRunParts, controller: vscode.TestController, items: TestItems) {
    this.#parts = parts;
    this.#controller = controller;
    this.#items = items;
  }

  async begin(kind: TestRunKind, request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> {
    if (request.continuous) return this.#watch(kind, request, token);
    if (!request.include) this.#items.keep(await this.#parts.index.list());
    await this.#run(kind, request, rootsOf(request, this.#items.all), token);
  }

  /** Until it is ended, a profile that is saved is run once more, after the run of what it was before. */
  #watch(kind: TestRunKind, request: vscode.TestRunRequest, token: vscode.CancellationToken): void {
    let before = Promise.resolve();
    const saving = vscode.workspace.onDidSaveTextDocument(({ uri }) => {
      const item = this.#items.known(uri);
      if (!item || !rootsOf(request, this.#items.all).has(item)) return;
      // Runs of one request are one result, in which a failure stays: each save has a request of its own.
      const again = new vscode.TestRunRequest([item], request.exclude, request.profile, true, true);
      before = before.then(() => this.#run(kind, again, new Map([[item, []]]), token));
    });
    token.onCancellationRequested(() => saving.dispose());
  }

  async #run(
    kind: TestRunKind,
    request: vscode.TestRunRequest,
    roots: Roots,
    token: vscode.CancellationToken,
  ): Promise<void> {
    const run = this.#controller.createTestRun(request);
    const outdated: vscode.TestItem[] = [];
    const waiting = [...roots];
    const next = async (): Promise<void> => {
      for (let root = waiting.shift(); root; root = waiting.shift()) {
        if (token.isCancellationRequested) run.skipped(root[0]);
        else if (!(await this.#runOne(kind, run, root, token))) outdated.push(root[0]);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE[kind] }, next));
    run.end();
    if (outdated.length > 0) this.#controller.invalidateTestResults(outdated);
  }

  /** Whether the profile is still what was run: it may have changed or vanished under way. */
  async #runOne(
    kind: TestRunKind,
    run: vscode.TestRun,
    [item, named]: readonly [vscode.TestItem, readonly vscode.TestItem[]],
    token: vscode.CancellationToken,
  ): Promise<boolean> {
    const { uri } = item;
    if (!uri) return true;
    const read = await this.#items.fill(item);
    run.started(item);
    await this.#items.during(item, async () => {
      try {
        const outcomes =
          kind === 'probe' ? await this.#probe(uri, read, token) : await this.#debug(uri, read, named, token);
        if (outcomes) tellOutcomes(run, item, outcomes);
        else run.skipped(item);
      } catch (error) {
        if (token.isCancellationRequested) run.skipped(item);
        else run.errored(item, await this.#faults(uri, error));
      }
    });
    return (await readProfile(uri).catch(() => null)) === read.text;
  }

  /** What came of each item; null when it was cancelled. */
  async #probe(
    uri: vscode.Uri,
    { nodes }: ReadTests,
    token: vscode.CancellationToken,
  ): Promise<readonly TestOutcome[] | null> {
    const { probes } = this.#parts;
    const subject = probes.get({ kind: 'file', uri });
    const cancelling = token.onCancellationRequested(() => probes.cancel(subject));
    try {
      const report = await probes.run(subject, { ask: true });
      if (report.error?.code === 'cancelled') return null;
      return testOutcomes(nodes, report);
    } finally {
      cancelling.dispose();
    }
  }

  /** In a session that is left standing after the last step that was asked for, or at the one that failed. */
  async #debug(
    uri: vscode.Uri,
    read: ReadTests,
    named: readonly vscode.TestItem[],
    token: vscode.CancellationToken,
  ): Promise<readonly TestOutcome[] | null> {
    const { nodes } = read;
    if (nodes.some(({ id }) => id.startsWith('client '))) {
      // One session is one client: the inspector shows the probe of all of them.
      void vscode.commands.executeCommand('wsprobe.profile.probe' satisfies CommandId, uri);
      return this.#probe(uri, read, token);
    }
    const to = lastStepOf(named.map(({ id }) => id.slice(uri.toString().length + 1)));
    const ran = await runSteps(this.#parts.stepSessions, uri, to ?? undefined, token);
    return ran && !token.isCancellationRequested ? sessionOutcomes(nodes, ran) : null;
  }

  /** Why a profile cannot run: each problem at its place. */
  async #faults(uri: vscode.Uri, error: unknown): Promise<vscode.TestMessage[]> {
    const { code, message, hint } = messageOf(error);
    const problems = code === 'profile.invalid' ? await this.#parts.check(uri, await readProfile(uri)) : [];
    const errors = problems.filter(({ severity }) => severity === 'error');
    return errors.length === 0
      ? [new vscode.TestMessage(hint ? `${message} ${hint}` : message)]
      : errors.map((problem) => messageAt(uri, problem.line, problem.message));
  }
}
