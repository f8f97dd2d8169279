import * as vscode from 'vscode';

/** Reports and explanations. */
const TEXT_SCHEME = 'wsprobe-text';
/** What went over a connection: payloads and logs. */
export const PAYLOAD_SCHEME = 'wsprobe-payload';
const MAX_DOCUMENTS = 20;
const MAX_CHARACTERS = 64 * 1024 * 1024;

/** Read-only texts made by us, opened as documents. The newest twenty are kept, 64 M characters in all at most. */
export class VirtualDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #texts = new Map<string, string>();
  readonly #scheme: string;
  readonly #registration: vscode.Disposable;
  #count = 0;
  #characters = 0;

  constructor(scheme = TEXT_SCHEME) {
    this.#scheme = scheme;
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? vscode.l10n.t('This text is no longer there: open it again.');
  }

  /** The file name's ending decides the colours. */
  add(fileName: string, text: string): vscode.Uri {
    const safe = fileName.replace(/[^\p{L}\p{N}._ -]+/gu, '-').slice(0, 80);
    const uri = vscode.Uri.from({ scheme: this.#scheme, path: `/${++this.#count}/${safe}` });
    this.#texts.set(uri.toString(), text);
    this.#characters += text.length;
    for (const [oldest, { length }] of this.#texts) {
      if (this.#texts.size <= MAX_DOCUMENTS && this.#characters <= MAX_CHARACTERS) break;
      // The one that is asked for stays, however long it is.
      if (oldest === uri.toString()) break;
      this.#texts.delete(oldest);
      this.#characters -= length;
    }
    return uri;
  }

  dispose(): void {
    this.#registration.dispose();
  }
}
