import * as vscode from 'vscode';
import type { TestOutcome } from '../../core/language/testOutcomes.js';
import type { EngineClient } from '../../engine/client.js';
import type { CheckProfile } from '../checkProfile.js';
import { type CommandId, PROFILE_LANGUAGE, TEST_CONTROLLER } from '../contributions.js';
import { DisposableStore } from '../disposableStore.js';
import { messageOf } from '../errorText.js';
import { readProfile } from '../profileFiles.js';
import type { ProfileIndex } from '../profileIndex.js';
import type { Probes } from '../probes.js';
import type { StepSessions } from './stepSessions.js';
import { type ReadTests, rootsOf, TestItems } from './testItems.js';
import { messageAt, tellOutcomes } from './testMessages.js';

export interface ProfileTestParts {
  readonly engine: Pick<EngineClient, 'request'>;
  readonly index: ProfileIndex;
  readonly probes: Probes;
  readonly check: CheckProfile;
  readonly stepSessions: StepSessions;
}

/** As many profiles are probed at a time. */
const AT_ONCE = 4;

/** Of the profile that was read: what came of each of its items; null when the run was cancelled. */
type RunOne = (
  uri: vscode.Uri,
  read: ReadTests,
  named: readonly vscode.TestItem[],
  token: vscode.CancellationToken,
) => Promise<readonly TestOutcome[] | null>;

/** The Test Explorer: each profile a test, its clients and steps below. To run any of them is to run its profile. */
export class ProfileTests implements vscode.Disposable {
  readonly #parts: ProfileTestParts;
  readonly #store = new DisposableStore();
  readonly #controller: vscode.TestController;
  readonly #items: TestItems;

  constructor(parts: ProfileTestParts) {
    this.#parts = parts;
    this.#controller = this.#store.add(vscode.tests.createTestController(TEST_CONTROLLER, 'WebSocket'));
    this.#items = new TestItems(this.#controller, parts.engine);
    this.#controller.resolveHandler = async (item) => {
      if (item) await this.#items.fill(item);
      else await this.#findAll();
    };
    this.#controller.refreshHandler = () => parts.index.refresh();
    const { Run, Debug } = vscode.TestRunProfileKind;
    const probe = this.#profile('Probe', Run, AT_ONCE, (uri, read, _, token) => this.#probe(uri, read, token));
    probe.supportsContinuousRun = true;
    // One at a time: each opens a session and the inspector.
    this.#profile('Steps in a session', Debug, 1, (...of) => this.#debug(...of));
    this.#listen();
  }

  dispose(): void {
    this.#store.dispose();
  }

  #profile(label: string, kind: vscode.TestRunProfileKind, atOnce: number, one: RunOne): vscode.TestRunProfile {
    const begin = (request: vscode.TestRunRequest, token: vscode.CancellationToken) =>
      request.continuous ? this.#watch(request, token, one) : this.#runAll(request, token, atOnce, one);
    return this.#store.add(this.#controller.createRunProfile(label, kind, begin, true));
  }

  #listen(): void {
    const { workspace } = vscode;
    const { index } = this.#parts;
    this.#store.add(index.onDidChange(() => void this.#findAll()));
    this.#store.add(index.onDidWrite((uri) => this.#outdate(uri)));
    const see = (document: vscode.TextDocument) => void this.#see(document);
    this.#store.add(workspace.onDidOpenTextDocument(see));
    this.#store.add(workspace.onDidSaveTextDocument(see));
    this.#store.add(workspace.onDidChangeTextDocument(({ document }) => this.#outdate(document.uri)));
    workspace.textDocuments.forEach(see);
  }

  async #findAll(): Promise<void> {
    this.#items.keep(await this.#parts.index.list());
  }

  /** An open profile has its places in the margin. */
  async #see({ languageId, uri }: vscode.TextDocument): Promise<void> {
    if (languageId !== PROFILE_LANGUAGE || !vscode.workspace.getWorkspaceFolder(uri)) return;
    await this.#items.fill(this.#items.of(uri));
  }

  /** What is known of a profile is that of another text. */
  #outdate(uri: vscode.Uri): void {
    const item = this.#items.known(uri);
    if (item) this.#controller.invalidateTestResults(item);
  }

  /** Until it is ended, a profile that is saved is run once more, after the run of what it was before. */
  #watch(request: vscode.TestRunRequest, token: vscode.CancellationToken, one: RunOne): void {
    let before = Promise.resolve();
    const saving = vscode.workspace.onDidSaveTextDocument(({ uri }) => {
      const item = this.#items.known(uri);
      if (!item || !rootsOf(request, this.#items.all).has(item)) return;
      before = before.then(() => this.#run(request, new Map([[item, []]]), token, 1, one));
    });
    token.onCancellationRequested(() => saving.dispose());
  }

  async #runAll(request: vscode.TestRunRequest, token: vscode.CancellationToken, atOnce: number, one: RunOne) {
    if (!request.include) await this.#findAll();
    await this.#run(request, rootsOf(request, this.#items.all), token, atOnce, one);
  }

  async #run(
    request: vscode.TestRunRequest,
    roots: ReadonlyMap<vscode.TestItem, readonly vscode.TestItem[]>,
    token: vscode.CancellationToken,
    atOnce: number,
    one: RunOne,
  ): Promise<void> {
    const run = this.#controller.createTestRun(request);
    const waiting = [...roots];
    const next = async (): Promise<void> => {
      for (let root = waiting.shift(); root; root = waiting.shift()) {
        if (token.isCancellationRequested) run.skipped(root[0]);
        else await this.#runOne(run, root, token, one);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, next));
    run.end();
  }

  async #runOne(
    run: vscode.TestRun,
    [item, named]: readonly [vscode.TestItem, readonly vscode.TestItem[]],
    token: vscode.CancellationToken,
    one: RunOne,
  ): Promise<void> {
    const { uri } = item;
    if (!uri) return;
    const read = await this.#items.fill(item);
    run.started(item);
    try {
      const outcomes = await one(uri, read, named, token);
      if (outcomes) tellOutcomes(run, item, outcomes);
      else run.skipped(item);
    } catch (error) {
      if (token.isCancellationRequested) run.skipped(item);
      else run.errored(item, await this.#faults(uri, error));
    }
    const now = await readProfile(uri).catch(() => null);
    // It changed or vanished under way.
    if (now !== read.text) this.#controller.invalidateTestResults(item);
  }

  async #probe(uri: vscode.Uri, { nodes }: Pick<ReadTests, 'nodes'>, token: vscode.CancellationToken) {
    const { probes } = this.#parts;
    const subject = probes.get({ kind: 'file', uri });
    const cancelling = token.onCancellationRequested(() => probes.cancel(subject));
    try {
      const report = await probes.run(subject, { ask: true });
      if (report.error?.code === 'cancelled') return null;
      const { testOutcomes } = await loadOutcomes();
      return testOutcomes(nodes, report);
    } finally {
      cancelling.dispose();
    }
  }

  /** In a session that is left standing after the last step that was asked for, or at the one that failed. */
  async #debug(
    uri: vscode.Uri,
    { nodes }: ReadTests,
    named: readonly vscode.TestItem[],
    token: vscode.CancellationToken,
  ) {
    const { lastStepOf, sessionOutcomes } = await loadOutcomes();
    if (nodes.some(({ id }) => id.startsWith('client '))) {
      // One session is one client: the inspector shows the probe of all of them.
      void vscode.commands.executeCommand('wsprobe.profile.probe' satisfies CommandId, uri);
      return this.#probe(uri, { nodes }, token);
    }
    const to = lastStepOf(named.map(({ id }) => id.slice(uri.toString().length + 1)));
    const ran = await this.#parts.stepSessions.run(uri, to ?? undefined, token);
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

function loadOutcomes() {
  return import('../../core/language/testOutcomes.js');
}
