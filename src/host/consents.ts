import type * as vscode from 'vscode';

const KEY = 'wsprobe.secretHosts';

type Known = Readonly<Record<string, readonly string[]>>;

/** Before the name of an environment variable; no secret's name has a colon. */
const ENV = 'env:';

/** What a plan shows to its hosts, by name. */
export interface Shown {
  readonly secrets: readonly string[];
  readonly env: readonly string[];
}

/** Which secret, and which environment variable, may go to which host (`host[:port]`), by the word of the person; remembered with the user. */
export class Consents {
  readonly #state: vscode.Memento;
  #asking: Promise<unknown> = Promise.resolve();

  constructor(state: vscode.Memento) {
    this.#state = state;
  }

  /** Asks about all that would go to a host for the first time; rejects where the person does not allow it. */
  require({ secrets, env }: Shown, hosts: readonly string[]): Promise<void> {
    const names = [...secrets, ...env.map((name) => ENV + name)];
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
      const { askConsent } = await import('./late.js');
      await askConsent(shownOf(fresh), host);
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

function shownOf(names: readonly string[]): Shown {
  const env = names.filter((name) => name.startsWith(ENV));
  return {
    secrets: names.filter((name) => !env.includes(name)),
    env: env.map((name) => name.slice(ENV.length)),
  };
}
