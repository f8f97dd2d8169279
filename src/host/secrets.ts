import type * as vscode from 'vscode';
import { Consents } from './consents.js';

const PREFIX = 'wsprobe.secret.';
const NAMES = 'wsprobe.secretNames';

/** Values of `${secret:name}`, in VS Code's SecretStorage. Names are listed beside it: the storage cannot be listed. */
export class Secrets {
  /** Where each may go. */
  readonly consents: Consents;
  readonly #storage: vscode.SecretStorage;
  readonly #state: vscode.Memento;
  readonly #listeners = new Set<() => void>();

  constructor(context: Pick<vscode.ExtensionContext, 'secrets' | 'globalState'>) {
    this.#storage = context.secrets;
    this.#state = context.globalState;
    this.consents = new Consents(context.globalState);
  }

  names(): readonly string[] {
    return this.#state.get<string[]>(NAMES, []);
  }

  /** Tells of names that have come and gone. */
  onDidChange(listener: () => void): vscode.Disposable {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  async get(name: string): Promise<string | undefined> {
    return this.#storage.get(PREFIX + name);
  }

  async set(name: string, value: string): Promise<void> {
    await this.#storage.store(PREFIX + name, value);
    await this.#state.update(NAMES, [...new Set([...this.names(), name])].sort());
    this.#tell();
  }

  async delete(name: string): Promise<void> {
    await this.#storage.delete(PREFIX + name);
    await this.consents.forget(name);
    await this.#state.update(
      NAMES,
      this.names().filter((other) => other !== name),
    );
    this.#tell();
  }

  async resolve(names: readonly string[]): Promise<Record<string, string | undefined>> {
    return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await this.get(name)] as const)));
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
