import * as vscode from 'vscode';
import type { Report } from '../../core/base/model.js';
import { failureLines, type ProblemLine } from '../../core/text/problemLines.js';
import { DisposableStore } from '../disposableStore.js';
import { readProfile } from '../profileFiles.js';
import type { ProfileIndex } from '../profileIndex.js';
import type { Probes } from '../probes.js';

/** Beside those of the checker, which have another name: an edit takes these away. */
export const RUN_SOURCE = 'WebSocket run';

/** What the last run of a profile found wrong, at the lines that failed, until it runs again or its text is another one. */
export class RunProblems implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #collection = this.#store.add(vscode.languages.createDiagnosticCollection(RUN_SOURCE));

  /** What profiles with problems said. */
  readonly #texts = new Map<string, Promise<string | null>>();

  constructor(probes: Probes, index: ProfileIndex) {
    this.#store.add(
      probes.onDidFinish(({ target: { target }, report, isTask }) => {
        if (target.kind !== 'file' || target.over) return;
        index.watch();
        this.#show(target.uri, isTask ? [] : failuresOf(report));
      }),
    );
    const outdate = (uri: vscode.Uri) => this.#show(uri, []);
    this.#store.add(
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) outdate(document.uri);
      }),
    );
    this.#store.add(index.onDidWrite((uri) => void this.#reread(uri)));
    this.#store.add(vscode.workspace.onDidDeleteFiles(({ files }) => files.forEach(outdate)));
  }

  dispose(): void {
    this.#store.dispose();
  }

  #show(uri: vscode.Uri, lines: readonly ProblemLine[]): void {
    const key = uri.toString();
    if (lines.length === 0) {
      // Whatever is typed in any file comes here: what had no problems tells nobody that it has none.
      if (this.#texts.delete(key)) this.#collection.delete(uri);
      return;
    }
    this.#texts.set(key, textOf(uri));
    this.#collection.set(uri, lines.map(toDiagnostic));
  }

  /** A watcher tells of more than of another text. */
  async #reread(uri: vscode.Uri): Promise<void> {
    const shown = this.#texts.get(uri.toString());
    if (shown && (await shown) !== (await textOf(uri))) this.#show(uri, []);
  }
}

function textOf(uri: vscode.Uri): Promise<string | null> {
  return readProfile(uri).catch(() => null);
}

/** A step that failed has its place; what befell the connection is told by lens, tree and report. */
function failuresOf(report: Report): readonly ProblemLine[] {
  return failureLines(report).filter(({ code }) => code === 'step.failed');
}

function toDiagnostic({ line, message, code }: ProblemLine): vscode.Diagnostic {
  const range = new vscode.Range(line - 1, 0, line - 1, Number.MAX_SAFE_INTEGER);
  const diagnostic = new vscode.Diagnostic(range, message, vscode.DiagnosticSeverity.Error);
  diagnostic.source = RUN_SOURCE;
  diagnostic.code = code;
  return diagnostic;
}
