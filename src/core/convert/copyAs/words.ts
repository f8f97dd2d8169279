import { secretEnvName } from '../../profile/variables.js';

/** A piece of a text that is copied: as it stands, or the environment variable that holds a secret. */
export type Piece = { readonly literal: string } | { readonly env: string };
export type Words = readonly Piece[];

export function literal(text: string): Words {
  return [{ literal: text }];
}

/** The same words with neighbouring literals as one and empty ones left out. */
export function joined(words: Words): Words {
  const pieces: Piece[] = [];
  for (const piece of words) {
    const last = pieces.at(-1);
    if ('env' in piece) pieces.push(piece);
    else if (last && 'literal' in last) pieces[pieces.length - 1] = { literal: last.literal + piece.literal };
    else if (piece.literal !== '') pieces.push(piece);
  }
  return pieces;
}

/** Puts an environment variable in the place of each secret value, and gives each value one name. */
export class SecretNames {
  readonly #names = new Map<string, string>();
  readonly #used = new Set<string>();
  readonly #pattern: RegExp | null;

  /** `known` are the names that the profile gives its secrets; `values` is everything that must not be shown. */
  constructor(
    known: Readonly<Record<string, string | undefined>>,
    values: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ) {
    for (const [name, value] of Object.entries(environment)) this.#names.set(value, name);
    for (const [name, value] of Object.entries(known)) {
      if (value !== undefined && value !== '' && !this.#names.has(value)) this.#names.set(value, secretEnvName(name));
    }
    const all = [...new Set([...values, ...this.#names.keys()])].filter((value) => value.trim() !== '');
    all.sort((a, b) => b.length - a.length);
    this.#pattern = all.length === 0 ? null : new RegExp(all.map(patternOf).join('|'), 'g');
  }

  /** The variables that texts were replaced by, in order. */
  get used(): readonly string[] {
    return [...this.#used];
  }

  /** A value that is secret as a whole. `wanted` names it where the profile does not. */
  secret(value: string, wanted: string): Words {
    return value === '' ? literal('') : [{ env: this.#nameOf(value, wanted) }];
  }

  /** A text that may hold secrets. */
  hide(text: string, wanted = 'secret'): Words {
    if (!this.#pattern) return literal(text);
    const pieces: Piece[] = [];
    let from = 0;
    for (const match of text.matchAll(this.#pattern)) {
      if (match.index > from) pieces.push({ literal: text.slice(from, match.index) });
      pieces.push({ env: this.#nameOf(match[0], wanted) });
      from = match.index + match[0].length;
    }
    if (from < text.length || pieces.length === 0) pieces.push({ literal: text.slice(from) });
    return pieces;
  }

  #nameOf(value: string, wanted: string): string {
    let name = this.#names.get(value);
    if (name === undefined) {
      const taken = new Set(this.#names.values());
      const base = secretEnvName(wanted.slice(0, 60));
      name = base;
      for (let count = 2; taken.has(name); count++) name = `${base}_${count}`;
      this.#names.set(value, name);
    }
    this.#used.add(name);
    return name;
  }
}

function patternOf(value: string): string {
  const escaped = value.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  // As in redaction: a value this short would be found everywhere.
  return value.length < 3 ? `(?<![A-Za-z0-9])${escaped}(?![A-Za-z0-9])` : escaped;
}
