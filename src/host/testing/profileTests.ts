import * as vscode from 'vscode';
import type { EngineClient } from '../../engine/client.js';
import { PROFILE_LANGUAGE, TEST_CONTROLLER } from '../contributions.js';
import { DisposableStore } from '../disposableStore.js';
import { TestItems } from './testItems.js';
import type { TestRunKind, TestRunParts, TestRuns } from './testRuns.js';

export interface ProfileTestParts extends TestRunParts {
  readonly engine: Pick<EngineClient, 'request'>;
}

/** The Test Explorer: each profile a test, its clients and steps below. To run any of them is to run its profile. */
export class ProfileTests implements vscode.Disposable {
  readonly #parts: ProfileTestParts;
  readonly #store = new DisposableStore();
  readonly #controller: vscode.TestController;
  readonly #items: TestItems;
  #runs: Promise<TestRuns> | null = null;

  constructor(parts: ProfileTestParts) {
    this.#parts = parts;
    this.#controller = this.#store.add(vscode.tests.createTestController(TEST_CONTROLLER, 'WebSocket'));
    this.#items = new TestItems(this.#controller, parts.engine);
    this.#controller.resolveHandler = async (item) => {
      if (item) await this.#items.refill(item);
      else await this.#findAll();
    };
    this.#controller.refreshHandler = () => parts.index.refresh();
    const { Run, Debug } = vscode.TestRunProfileKind;
    this.#profile(vscode.l10n.t('Probe'), Run, 'probe').supportsContinuousRun = true;
    this.#profile(vscode.l10n.t('Steps in a session'), Debug, 'session');
    this.#listen();
  }

  dispose(): void {
    this.#store.dispose();
  }

  #profile(label: string, group: vscode.TestRunProfileKind, kind: TestRunKind): vscode.TestRunProfile {
    const begin = async (request: vscode.TestRunRequest, token: vscode.CancellationToken) => {
      this.#runs ??= import('../late.js').then((late) => new late.TestRuns(this.#parts, this.#controller, this.#items));
      await (await this.#runs).begin(kind, request, token);
    };
    return this.#store.add(this.#controller.createRunProfile(label, group, begin, true));
  }

  #listen(): void {
    const { workspace } = vscode;
    const { index } = this.#parts;
    this.#store.add(index.onDidChange(() => void this.#findAll()));
    this.#store.add(index.onDidWrite((uri) => void this.#reread(uri)));
    const see = (document: vscode.TextDocument) => void this.#see(document);
    this.#store.add(workspace.onDidOpenTextDocument(see));
    this.#store.add(workspace.onDidSaveTextDocument(see));
    this.#store.add(
      workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.#outdate(document.uri);
      }),
    );
    workspace.textDocuments.forEach(see);
  }

  async #findAll(): Promise<void> {
    this.#items.keep(await this.#parts.index.list());
  }

  /** An open profile has its places in the margin. */
  async #see({ languageId, uri }: vscode.TextDocument): Promise<void> {
    if (languageId !== PROFILE_LANGUAGE || !vscode.workspace.getWorkspaceFolder(uri)) return;
    await this.#items.refill(this.#items.of(uri));
  }

  async #reread(uri: vscode.Uri): Promise<void> {
    const item = this.#items.known(uri);
    if (!item || !(await this.#items.hasChanged(item))) return;
    this.#outdate(uri);
    await this.#items.refill(item);
  }

  /** What is known of a profile is that of another text. */
  #outdate(uri: vscode.Uri): void {
    const item = this.#items.known(uri);
    if (item) this.#controller.invalidateTestResults(item);
  }
}
