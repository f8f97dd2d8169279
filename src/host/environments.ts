import * as vscode from 'vscode';

const KEY = 'wsprobe.environments';

/** The environment chosen for each profile, remembered in the workspace. */
export class Environments implements vscode.Disposable {
  readonly #state: vscode.Memento;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;

  constructor(state: vscode.Memento) {
    this.#state = state;
  }

  get(uri: vscode.Uri): string | null {
    return this.#all()[uri.toString()] ?? null;
  }

  async set(uri: vscode.Uri, name: string | null): Promise<void> {
    const { [uri.toString()]: _, ...others } = this.#all();
    await this.#state.update(KEY, name === null ? others : { ...others, [uri.toString()]: name });
    this.#changed.fire(uri);
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #all(): Readonly<Record<string, string>> {
    return this.#state.get<Record<string, string>>(KEY, {});
  }
}
