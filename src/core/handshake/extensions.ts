/** One element of Sec-WebSocket-Extensions; a parameter without a value has null. */
export interface Extension {
  readonly name: string;
  readonly parameters: readonly (readonly [name: string, value: string | null])[];
}

const OWS = /[ \t]*/y;
const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
const QUOTED = /"((?:[!#$%&'*+\-.^_`|~0-9A-Za-z]|\\[!#$%&'*+\-.^_`|~0-9A-Za-z])+)"/y;

/**
 * Parses a Sec-WebSocket-Extensions value (RFC 6455 9.1): a quoted value must be a token once unescaped. Answers
 * with the place of the first character that does not fit, instead of throwing.
 */
export function parseExtensions(value: string): readonly Extension[] | { readonly errorAt: number } {
  const cursor = new Cursor(value);
  const extensions: Extension[] = [];
  do {
    const name = cursor.token();
    if (name === null) return { errorAt: cursor.at };
    const parameters: [string, string | null][] = [];
    while (cursor.skip(';')) {
      const parameter = cursor.token();
      if (parameter === null) return { errorAt: cursor.at };
      if (!cursor.skip('=')) {
        parameters.push([parameter, null]);
        continue;
      }
      const content = cursor.quoted() ?? cursor.token();
      if (content === null) return { errorAt: cursor.at };
      parameters.push([parameter, content]);
    }
    extensions.push({ name, parameters });
  } while (cursor.skip(','));
  return cursor.atEnd ? extensions : { errorAt: cursor.at };
}

class Cursor {
  readonly #text: string;
  at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#match(OWS);
  }

  get atEnd(): boolean {
    return this.at === this.#text.length;
  }

  token(): string | null {
    return this.#element(TOKEN)?.[0] ?? null;
  }

  quoted(): string | null {
    return this.#element(QUOTED)?.[1]?.replaceAll('\\', '') ?? null;
  }

  skip(character: string): boolean {
    if (this.#text[this.at] !== character) return false;
    this.at += 1;
    this.#match(OWS);
    return true;
  }

  #element(pattern: RegExp): RegExpExecArray | null {
    const found = this.#match(pattern);
    if (found !== null) this.#match(OWS);
    return found;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.#text);
    if (found !== null) this.at = pattern.lastIndex;
    return found;
  }
}
