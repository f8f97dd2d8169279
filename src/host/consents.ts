import * as vscode from 'vscode';
import { ProbeError } from '../core/base/errors.js';

const KEY = 'wsprobe.secretHosts';

type Known = Readonly<Record<string, readonly string[]>>;

/** Which secret may go to which host (`host[:port]`), by the word of the person; remembered with the user. */
export class Consents {
  readonly #state: vscode.Memento;
  #asking: Promise<unknown> = Promise.resolve();

  constructor(state: vscode.Memento) {
    this.#state = state;
  }

  /** Asks about each secret that would go to a host for the first time; rejects where the person does not allow it. */
  require(names: readonly string[], hosts: readonly string[]): Promise<void> {
    // One question after the other: runs that begin together ask the same.
    const asked = this.#asking.then(() => this.#require(names, hosts));
    this.#asking = asked.catch(() => undefined);
    return asked;
  }

  /** The person has given a secret for these hosts. */
  async allow(names: readonly string[], hosts: readonly string[]): Promise<void> {
    const known = this.#known();
    const added = names.map((name) => [name, [...new Set([...hostsOf(known, name), ...hosts])].sort()] as const);
    if (added.length > 0) await this.#state.update(KEY, { ...known, ...Object.fromEntries(added) });
  }

  /** Where a secret may go. */
  hostsOf(name: string): readonly string[] {
    return hostsOf(this.#known(), name);
  }

  /** A secret is gone: the next of its name is another one. */
  async forget(name: string): Promise<void> {
    const { [name]: _, ...others } = this.#known();
    await this.#state.update(KEY, others);
  }

  async #require(names: readonly string[], hosts: readonly string[]): Promise<void> {
    for (const host of hosts) {
      const fresh = names.filter((name) => !hostsOf(this.#known(), name).includes(host));
      if (fresh.length === 0) continue;
      if (!(await ask(fresh, host))) throw refusedError(fresh, host);
      await this.allow(fresh, [host]);
    }
  }

  #known(): Known {
    return this.#state.get<Known>(KEY, {});
  }
}

function hostsOf(known: Known, name: string): readonly string[] {
  return Object.hasOwn(known, name) ? (known[name] ?? []) : [];
}

async function ask(names: readonly string[], host: string): Promise<boolean> {
  const allow = vscode.l10n.t('Allow');
  const [first = ''] = names;
  const question =
    names.length === 1
      ? vscode.l10n.t('Send the secret "{0}" to {1}?', first, host)
      : vscode.l10n.t('Send the secrets {0} to {1}?', names.join(', '), host);
  const detail = vscode.l10n.t(
    'It would go to this host for the first time. Your answer is kept for this secret and host.',
  );
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, allow)) === allow;
}

function refusedError(names: readonly string[], host: string): ProbeError {
  const [first = ''] = names;
  const message =
    names.length === 1
      ? vscode.l10n.t('The secret "{0}" may not go to {1}: nothing was sent.', first, host)
      : vscode.l10n.t('The secrets {0} may not go to {1}: nothing was sent.', names.join(', '), host);
  return new ProbeError('secret.refused', message, { hint: vscode.l10n.t('Run it again to be asked once more.') });
}
