import type { HeaderPair } from '../base/model.js';
import { headerValues } from './headers.js';

/** One challenge of `WWW-Authenticate` or `Proxy-Authenticate` (RFC 9110 11.6.1). */
export interface Challenge {
  /** As the peer spells it. */
  readonly scheme: string;
  /** By lower-case name; the first of a name counts. */
  readonly parameters: ReadonlyMap<string, string>;
}

const MAX_CHARACTERS = 8_192;
const MAX_CHALLENGES = 20;
const MAX_PARAMETERS = 40;

/** Every challenge of an answer, in the order of the wire. What is no challenge is passed over. */
export function challengesOf(
  headers: readonly HeaderPair[],
  name: 'www-authenticate' | 'proxy-authenticate',
): readonly Challenge[] {
  return headerValues(headers, name)
    .slice(0, MAX_CHALLENGES)
    .flatMap((value) => parseChallenges(value.slice(0, MAX_CHARACTERS)))
    .slice(0, MAX_CHALLENGES);
}

function parseChallenges(text: string): readonly Challenge[] {
  const scanner = new Scanner(text);
  const found: { scheme: string; parameters: Map<string, string> }[] = [];
  while (!scanner.isAtEnd) {
    const behindComma = scanner.skip(/[\s,]/).includes(',');
    const word = scanner.skip(WORD);
    scanner.skip(/[ \t]/);
    const current = found.at(-1);
    if (word === '') scanner.step();
    else if (scanner.isAt('=') && !scanner.isAt('==')) {
      const value = scanner.value();
      const key = word.toLowerCase();
      if (current && current.parameters.size < MAX_PARAMETERS && !current.parameters.has(key))
        current.parameters.set(key, value);
    } else if (/^[A-Za-z]/.test(word) && (found.length === 0 || behindComma)) {
      // Without a comma before it, a word is the token68 of the scheme it follows.
      found.push({ scheme: word, parameters: new Map() });
    }
  }
  return found;
}

/** A token, or a token68 but for its padding. */
const WORD = /[!#$%&'*+.^_`|~0-9A-Za-z/-]/;

/** Goes through a text once, whatever it holds. */
class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  isAt(text: string): boolean {
    return this.#text.startsWith(text, this.#at);
  }

  /** What is no word is passed over: a quoted text as one. */
  step(): void {
    if (this.isAt('"')) this.#quoted();
    else this.#at += 1;
  }

  /** All that follows of one kind. */
  skip(kind: RegExp): string {
    const from = this.#at;
    while (!this.isAtEnd && kind.test(this.#text[this.#at] ?? '')) this.#at += 1;
    return this.#text.slice(from, this.#at);
  }

  /** Behind an equals sign. */
  value(): string {
    this.#at += 1;
    this.skip(/[ \t]/);
    return this.isAt('"') ? this.#quoted() : this.skip(/[^\s",]/);
  }

  #quoted(): string {
    let value = '';
    for (this.#at += 1; !this.isAtEnd && !this.isAt('"'); this.#at += 1) {
      if (this.isAt('\\')) this.#at += 1;
      value += this.#text[this.#at] ?? '';
    }
    this.#at += 1;
    return value;
  }
}
