import * as vscode from 'vscode';
import type { Report } from '../../core/base/model.js';
import type { TestNode, TestOutcome } from '../../core/language/index.js';
import type { CheckProfile } from '../checkProfile.js';
import { PROFILE_LANGUAGE, TEST_CONTROLLER } from '../contributions.js';
import { DisposableStore } from '../disposableStore.js';
import { messageOf } from '../errorText.js';
import { loadLanguage } from '../language/loadLanguage.js';
import { nameOf, readProfile } from '../profileFiles.js';
import type { ProfileIndex } from '../profileIndex.js';
import type { Probes } from '../probes.js';

export interface ProfileTestParts {
  readonly index: ProfileIndex;
  readonly probes: Probes;
  readonly check: CheckProfile;
}

/** As many profiles are probed at a time. */
const AT_ONCE = 4;

/** The Test Explorer: each profile a test, its clients and steps below. To run any of them is to run its profile. */
export class ProfileTests implements vscode.Disposable {
  readonly #parts: ProfileTestParts;
  readonly #store = new DisposableStore();
  readonly #controller: vscode.TestController;

  constructor(parts: ProfileTestParts) {
    this.#parts = parts;
    const { workspace } = vscode;
    this.#controller = this.#store.add(vscode.tests.createTestController(TEST_CONTROLLER, 'WebSocket'));
    this.#controller.resolveHandler = (item) => this.#resolve(item);
    this.#controller.refreshHandler = () => parts.index.refresh();
    const run = (request: vscode.TestRunRequest, token: vscode.CancellationToken) => this.#run(request, token);
    const profile = this.#controller.createRunProfile('Probe', vscode.TestRunProfileKind.Run, run, true);
    profile.supportsContinuousRun = true;
    this.#store.add(profile);
    this.#store.add(parts.index.onDidChange(() => void this.#findAll()));
    const see = (document: vscode.TextDocument) => void this.#see(document);
    this.#store.add(workspace.onDidOpenTextDocument(see));
    this.#store.add(workspace.onDidSaveTextDocument(see));
    workspace.textDocuments.forEach(see);
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #resolve(item: vscode.TestItem | undefined): Promise<void> {
    if (item) await this.#fill(item);
    else await this.#findAll();
  }

  async #findAll(): Promise<void> {
    const uris = await this.#parts.index.list();
    this.#controller.items.replace(uris.map((uri) => this.#item(uri)));
  }

  #item(uri: vscode.Uri): vscode.TestItem {
    const id = uri.toString();
    const known = this.#controller.items.get(id);
    if (known) return known;
    const item = this.#controller.createTestItem(id, nameOf(uri), uri);
    item.description = vscode.workspace.asRelativePath(uri);
    item.canResolveChildren = true;
    item.range = rangeOf(0);
    this.#controller.items.add(item);
    return item;
  }

  /** An open profile has its places in the margin. */
  async #see({ languageId, uri }: vscode.TextDocument): Promise<void> {
    if (languageId === PROFILE_LANGUAGE && vscode.workspace.getWorkspaceFolder(uri)) await this.#fill(this.#item(uri));
  }

  async #fill(item: vscode.TestItem): Promise<readonly TestNode[]> {
    if (!item.uri || item.parent) return [];
    const { testNodes } = await loadLanguage();
    const text = await readProfile(item.uri).catch(() => '');
    const nodes = testNodes(text);
    item.children.replace(nodes.map((node) => this.#below(item, node)));
    return nodes;
  }

  #below(root: vscode.TestItem, { id, label, line, children }: TestNode): vscode.TestItem {
    const item = this.#controller.createTestItem(`${root.id} ${id}`, label, root.uri);
    item.range = rangeOf(line);
    item.children.replace(children.map((child) => this.#below(root, child)));
    return item;
  }

  async #run(request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> {
    if (request.continuous) return this.#watch(request, token);
    if (!request.include) await this.#findAll();
    await this.#runAll(request, [...rootsOf(request, this.#controller.items)], token);
  }

  /** Until it is ended, a profile that is saved is run once more, after the run of what it was before. */
  #watch(request: vscode.TestRunRequest, token: vscode.CancellationToken): void {
    let before = Promise.resolve();
    const saving = vscode.workspace.onDidSaveTextDocument(({ uri }) => {
      const item = [...rootsOf(request, this.#controller.items)].find(({ id }) => id === uri.toString());
      if (item) before = before.then(() => this.#runAll(request, [item], token));
    });
    token.onCancellationRequested(() => saving.dispose());
  }

  async #runAll(
    request: vscode.TestRunRequest,
    items: readonly vscode.TestItem[],
    token: vscode.CancellationToken,
  ): Promise<void> {
    const run = this.#controller.createTestRun(request);
    const waiting = [...items];
    const next = async (): Promise<void> => {
      for (let item = waiting.shift(); item; item = waiting.shift()) {
        if (token.isCancellationRequested) run.skipped(item);
        else await this.#runOne(run, item, token);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, next));
    run.end();
  }

  async #runOne(run: vscode.TestRun, item: vscode.TestItem, token: vscode.CancellationToken): Promise<void> {
    const { uri } = item;
    if (!uri) return;
    const { probes } = this.#parts;
    const nodes = await this.#fill(item);
    run.started(item);
    const subject = probes.get({ kind: 'file', uri });
    const cancelling = token.onCancellationRequested(() => probes.cancel(subject));
    try {
      const report = await probes.run(subject, { ask: true });
      if (report.error?.code === 'cancelled') run.skipped(item);
      else await tell(run, item, nodes, report);
    } catch (error) {
      if (token.isCancellationRequested) run.skipped(item);
      else run.errored(item, await this.#faults(uri, error));
    } finally {
      cancelling.dispose();
    }
  }

  /** Why a profile cannot run: each problem at its place. */
  async #faults(uri: vscode.Uri, error: unknown): Promise<vscode.TestMessage[]> {
    const { code, message } = messageOf(error);
    const problems = code === 'profile.invalid' ? await this.#parts.check(uri, await readProfile(uri)) : [];
    const errors = problems.filter(({ severity }) => severity === 'error');
    return errors.length === 0
      ? [new vscode.TestMessage(message)]
      : errors.map((problem) => messageAt(uri, problem.line, problem.message));
  }
}

async function tell(run: vscode.TestRun, root: vscode.TestItem, nodes: readonly TestNode[], report: Report) {
  const { testOutcomes } = await loadLanguage();
  const items = new Map<string, vscode.TestItem>();
  const add = (item: vscode.TestItem): void => {
    items.set(item.id, item);
    item.children.forEach(add);
  };
  add(root);
  for (const outcome of testOutcomes(nodes, report)) {
    const item = items.get(outcome.id === null ? root.id : `${root.id} ${outcome.id}`);
    if (item) tellOne(run, item, outcome);
  }
}

function tellOne(run: vscode.TestRun, item: vscode.TestItem, outcome: TestOutcome): void {
  const { status, durationMs, message, expected, actual, line } = outcome;
  if (status === 'skipped') run.skipped(item);
  else if (status === 'passed') run.passed(item, durationMs);
  else if (item.uri) {
    const told = messageAt(item.uri, line, message);
    if (expected !== null) told.expectedOutput = expected;
    if (actual !== null) told.actualOutput = actual;
    run.failed(item, told, durationMs);
  }
}

function messageAt(uri: vscode.Uri, line: number, text: string): vscode.TestMessage {
  const message = new vscode.TestMessage(text);
  message.location = new vscode.Location(uri, rangeOf(line));
  return message;
}

function rangeOf(line: number): vscode.Range {
  return new vscode.Range(line, 0, line, 0);
}

/** The profiles that a request is about, whatever of them it names. */
function rootsOf({ include, exclude = [] }: vscode.TestRunRequest, all: vscode.TestItemCollection) {
  const roots = new Set<vscode.TestItem>();
  const add = (item: vscode.TestItem): void => {
    const root = item.parent ? topOf(item.parent) : item;
    if (!exclude.includes(item) && !exclude.includes(root)) roots.add(root);
  };
  if (include) include.forEach(add);
  else all.forEach(add);
  return roots;
}

function topOf(item: vscode.TestItem): vscode.TestItem {
  return item.parent ? topOf(item.parent) : item;
}
