import { escapeVariables } from '../base/escapeVariables.js';

/** As `NAME` has it. */
const MAX_NAME = 100;
const COUNT_LENGTH = 6;

/** A text that is already as a profile writes it: secrets by reference, `${` of its own escaped. */
export class Written {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** What a vault's names have to agree with. */
export interface VaultOptions {
  /** Values that a reference stands for already (`${secret:name}`, `${env:NAME}`): it is kept. */
  readonly references?: Readonly<Record<string, string>>;
  /** Whether a name stands for another value where secrets are kept. */
  readonly isTaken?: (name: string, value: string) => boolean;
  /** Whose secrets these are: it goes into a name that would be taken without. */
  readonly host?: string;
}

/** Gives each secret value one name, and puts the reference where the value stood. */
export class Vault {
  /** By value. */
  readonly #names = new Map<string, string>();
  /** By value, too. */
  readonly #references: ReadonlyMap<string, string>;
  readonly #known: readonly string[];
  readonly #isTaken: (name: string, value: string) => boolean;
  readonly #host: string;

  /** `known`: values that are secret wherever they stand. */
  constructor(known: readonly string[], { references = {}, isTaken = () => false, host = '' }: VaultOptions = {}) {
    this.#references = new Map(Object.entries(references).map(([reference, value]) => [value, reference]));
    this.#known = [...new Set([...known, ...this.#references.keys()])]
      .filter((value) => value.length >= 4)
      .sort((a, b) => b.length - a.length);
    this.#isTaken = isTaken;
    this.#host = host.replace(/[^A-Za-z0-9.]+/g, '-').replace(/^[-.]+|[-.]+$/g, '');
  }

  get values(): Record<string, string> {
    return Object.fromEntries([...this.#names].map(([value, name]) => [name, value]));
  }

  /** The reference to a value known to be secret; an empty value stays empty. */
  secret(value: string, wanted: string): Written {
    if (value === '') return new Written('');
    return new Written(this.#references.get(value) ?? `\${secret:${this.#nameFor(value, wanted)}}`);
  }

  /** A text as a profile writes it. Messages keep the `${uuid}` and the like that they hold. */
  text(text: string, isMessage = false): string {
    for (const value of this.#known) {
      const at = text.indexOf(value);
      if (at < 0) continue;
      const before = this.text(text.slice(0, at), isMessage);
      return before + this.secret(value, 'secret').text + this.text(text.slice(at + value.length), isMessage);
    }
    return isMessage ? text : escapeVariables(text);
  }

  #nameFor(value: string, wanted: string): string {
    const known = this.#names.get(value);
    if (known !== undefined) return known;
    const name = this.#freeName(value, wanted);
    this.#names.set(value, name);
    return name;
  }

  #freeName(value: string, wanted: string): string {
    const slug = wanted.toLowerCase().replace(/[^a-z0-9]+/g, '-');
    const base = slug.replace(/^[^a-z]+|-+$/g, '').slice(0, 60) || 'secret';
    const own = new Set(this.#names.values());
    const isOwn = (name: string) => own.has(name) || [...this.#references.values()].includes(`\${secret:${name}}`);
    const isFree = (name: string) => !isOwn(name) && !this.#isTaken(name, value);
    // Of two in one file the host says nothing.
    const isElsewhere = !isOwn(base) && this.#host !== '';
    const stems = isElsewhere ? [base, `${base}-${this.#host}`.slice(0, MAX_NAME - COUNT_LENGTH)] : [base];
    const free = stems.find(isFree);
    if (free !== undefined) return free;
    let count = 2;
    while (!isFree(`${stems.at(-1)}-${count}`)) count++;
    return `${stems.at(-1)}-${count}`;
  }
}
