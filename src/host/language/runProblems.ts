import * as vscode from 'vscode';
import type { Report } from '../../core/base/model.js';
import { failureLines, type ProblemLine } from '../../core/text/problemLines.js';
import { DisposableStore } from '../disposableStore.js';
import type { ProfileIndex } from '../profileIndex.js';
import type { Probes } from '../probes.js';

/** Beside those of the checker, which have another name: an edit takes these away. */
export const RUN_SOURCE = 'WebSocket run';

/** What the last run of a profile found wrong, at the lines that failed, until it runs again or its text is another one. */
export class RunProblems implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #collection = this.#store.add(vscode.languages.createDiagnosticCollection(RUN_SOURCE));

  constructor(probes: Probes, index: ProfileIndex) {
    this.#store.add(
      probes.onDidFinish(({ target: { target }, report, isTask }) => {
        if (target.kind !== 'file') return;
        index.watch();
        this.#show(target.uri, isTask ? [] : failuresOf(report));
      }),
    );
    const outdate = (uri: vscode.Uri) => this.#collection.delete(uri);
    this.#store.add(
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) outdate(document.uri);
      }),
    );
    this.#store.add(index.onDidWrite(outdate));
    this.#store.add(vscode.workspace.onDidDeleteFiles(({ files }) => files.forEach(outdate)));
  }

  dispose(): void {
    this.#store.dispose();
  }

  #show(uri: vscode.Uri, lines: readonly ProblemLine[]): void {
    this.#collection.set(uri, lines.map(toDiagnostic));
  }
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
