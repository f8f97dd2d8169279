import { ProbeError } from '../../base/errors.js';
import { escapeVariables } from '../../base/escapeVariables.js';

/** One word of a command line as a profile writes it: variables of the shell are `${env:NAME}` or `${secret:name}`. */
export interface Token {
  readonly text: string;
  /** `|`, `;`, `&` or the end of a line, between commands. */
  readonly isOperator: boolean;
}

const SECRET_PREFIX = 'WSPROBE_SECRET_';
const MAX_CHARACTERS = 1_000_000;
const ANSI: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  e: '\x1b',
};

/** Cuts a POSIX command line into words, as browsers copy it too (`$'…'`). Nothing is run: substitutions are refused. */
export function tokenize(text: string): readonly Token[] {
  if (text.length > MAX_CHARACTERS) throw invalid('it is too long');
  return new Tokenizer(text).run();
}

function invalid(why: string): ProbeError {
  return new ProbeError('command-invalid', `The command cannot be read: ${why}.`, {
    hint: 'Paste one curl, websocat or wscat command as a POSIX shell takes it.',
  });
}

class Tokenizer {
  readonly #text: string;
  readonly #tokens: Token[] = [];
  #at = 0;
  /** Of the word so far: what a profile writes, and literal text at its end that is still to be escaped. */
  #word: { written: string; literal: string } | null = null;

  constructor(text: string) {
    this.#text = text;
  }

  run(): readonly Token[] {
    while (this.#at < this.#text.length) this.#step(this.#text.charAt(this.#at++));
    this.#endWord();
    return this.#tokens;
  }

  #step(character: string): void {
    if (character === '^' && /^(?:\r?\n|[%"])/.test(this.#text.slice(this.#at, this.#at + 2))) {
      throw invalid('it is written for cmd, with ^ in the place of \\');
    }
    if (character === '`' && /^\r?\n/.test(this.#text.slice(this.#at, this.#at + 2))) {
      throw invalid('it is written for PowerShell');
    }
    if (character === "'") this.#add(this.#upTo("'"));
    else if (character === '"') this.#doubleQuoted();
    else if (character === '\\') this.#escape();
    else if (character === '$') this.#dollar(true);
    else if (character === '\n') this.#operator(character);
    else if (/\s/.test(character)) this.#endWord();
    else if (character === '#' && this.#word === null) this.#comment();
    else if (/[|;&]/.test(character)) this.#operator(character);
    else if (/[`<>()]/.test(character)) throw invalid(`it holds ${character}`);
    else this.#add(character);
  }

  #add(text: string): void {
    this.#word ??= { written: '', literal: '' };
    this.#word.literal += text;
  }

  #addReference(reference: string): void {
    this.#word = { written: this.#written() + reference, literal: '' };
  }

  #written(): string {
    return this.#word ? this.#word.written + escapeVariables(this.#word.literal) : '';
  }

  #endWord(): void {
    if (this.#word) this.#tokens.push({ text: this.#written(), isOperator: false });
    this.#word = null;
  }

  #operator(character: string): void {
    this.#endWord();
    this.#tokens.push({ text: character, isOperator: true });
  }

  #comment(): void {
    while (this.#at < this.#text.length && this.#text[this.#at] !== '\n') this.#at += 1;
  }

  #escape(): void {
    const next = this.#text[this.#at++];
    if (next === '\r' && this.#text[this.#at] === '\n') this.#at += 1;
    else if (next !== undefined && next !== '\n') this.#add(next);
  }

  #upTo(quote: string): string {
    const end = this.#text.indexOf(quote, this.#at);
    if (end < 0) throw invalid(`a ${quote} is missing`);
    const text = this.#text.slice(this.#at, end);
    this.#at = end + 1;
    return text;
  }

  #doubleQuoted(): void {
    this.#add('');
    for (;;) {
      const character = this.#text[this.#at++];
      if (character === undefined) throw invalid('a " is missing');
      if (character === '"') return;
      if (character === '`') throw invalid('it holds a command substitution');
      if (character === '$') this.#dollar(false);
      else if (character === '\\') this.#escapeInQuotes();
      else this.#add(character);
    }
  }

  #escapeInQuotes(): void {
    const next = this.#text[this.#at++] ?? '';
    if (next === '\n') return;
    this.#add(/["\\$`]/.test(next) ? next : `\\${next}`);
  }

  #dollar(bare: boolean): void {
    const rest = this.#text.slice(this.#at, this.#at + 300);
    if (bare && rest.startsWith("'")) {
      this.#at += 1;
      return this.#ansi();
    }
    if (rest.startsWith('(')) throw invalid('it holds a command substitution');
    const match = /^(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})/.exec(rest);
    const name = match?.[1] ?? match?.[2];
    if (!match || name === undefined) {
      if (rest.startsWith('{')) throw invalid('it holds ${…} that is no plain variable');
      return this.#add('$');
    }
    this.#at += match[0].length;
    const secret = name.startsWith(SECRET_PREFIX) ? name.slice(SECRET_PREFIX.length) : '';
    this.#addReference(secret === '' ? `\${env:${name}}` : `\${secret:${secretName(secret)}}`);
  }

  #ansi(): void {
    this.#add('');
    let text = '';
    for (;;) {
      const character = this.#text[this.#at++];
      if (character === undefined) throw invalid("a ' is missing");
      if (character === "'") return this.#add(text);
      text += character === '\\' ? this.#ansiEscape() : character;
    }
  }

  #ansiEscape(): string {
    const match = /^(?:u([0-9a-fA-F]{1,4})|x([0-9a-fA-F]{1,2})|([0-7]{1,3}))/.exec(
      this.#text.slice(this.#at, this.#at + 5),
    );
    if (match) {
      this.#at += match[0].length;
      const code =
        match[3] === undefined ? Number.parseInt(match[1] ?? match[2] ?? '', 16) : Number.parseInt(match[3], 8);
      return String.fromCharCode(code);
    }
    const next = this.#text[this.#at++] ?? '';
    return ANSI[next] ?? next;
  }
}

function secretName(name: string): string {
  const slug = name.toLowerCase().replace(/_/g, '-');
  return /^[a-z]/.test(slug) ? slug : `secret-${slug}`;
}
