import * as vscode from 'vscode';

const SCHEME = 'wsprobe-text';
const MAX_DOCUMENTS = 20;

/** Read-only texts made by us, opened as documents: a report, an explanation. The newest twenty are kept. */
export class VirtualDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #texts = new Map<string, string>();
  readonly #registration: vscode.Disposable;
  #count = 0;

  constructor() {
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? vscode.l10n.t('This text is no longer there: open it again.');
  }

  /** The file name's ending decides the colours. */
  add(fileName: string, text: string): vscode.Uri {
    const safe = fileName.replace(/[^\p{L}\p{N}._ -]+/gu, '-').slice(0, 80);
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${++this.#count}/${safe}` });
    this.#texts.set(uri.toString(), text);
    for (const oldest of this.#texts.keys()) {
      if (this.#texts.size <= MAX_DOCUMENTS) break;
      this.#texts.delete(oldest);
    }
    return uri;
  }

  dispose(): void {
    this.#registration.dispose();
  }
}
