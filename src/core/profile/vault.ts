import { escapeVariables } from './variables.js';

/** A text that is already as a profile writes it: secrets by reference, `${` of its own escaped. */
export class Written {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Gives each secret value one name, and puts the reference where the value stood. */
export class Vault {
  readonly #names = new Map<string, string>();
  readonly #known: readonly string[];

  /** `known`: values that are secret wherever they stand. */
  constructor(known: readonly string[]) {
    this.#known = known.filter((value) => value.length >= 4).sort((a, b) => b.length - a.length);
  }

  get values(): Record<string, string> {
    return Object.fromEntries([...this.#names].map(([value, name]) => [name, value]));
  }

  /** The reference to a value known to be secret; an empty value stays empty. */
  secret(value: string, wanted: string): Written {
    return new Written(value === '' ? '' : `\${secret:${this.#nameFor(value, wanted)}}`);
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
    const slug = wanted.toLowerCase().replace(/[^a-z0-9]+/g, '-');
    const base = slug.replace(/^[^a-z]+|-+$/g, '').slice(0, 60) || 'secret';
    const taken = new Set(this.#names.values());
    let name = base;
    for (let count = 2; taken.has(name); count++) name = `${base}-${count}`;
    this.#names.set(value, name);
    return name;
  }
}
