const MIN_LENGTH = 3;

/** Texts of a session as they may be shown: each secret by its reference. */
export class SecretText {
  readonly #values = new Map<string, string>();
  readonly #longestFirst: readonly (readonly [name: string, value: string])[];

  /** `named`: the values behind `${secret:name}`. `all`: every value that must not be shown, named or not. */
  constructor(named: Readonly<Record<string, string | undefined>>, all: readonly string[]) {
    const known = new Set<string>();
    const keep = (name: string, value: string) => {
      if (value.length < MIN_LENGTH || known.has(value)) return;
      known.add(value);
      this.#values.set(name, value);
    };
    for (const [name, value] of Object.entries(named)) keep(name, value ?? '');
    for (const [index, value] of all.entries()) keep(`credential-${index + 1}`, value);
    this.#longestFirst = [...this.#values].sort(([, a], [, b]) => b.length - a.length);
  }

  /** A template of a message with references in the place of values. */
  hide(template: string): string {
    let text = template;
    for (const [name, value] of this.#longestFirst) {
      const written = escapeReferences(value);
      if (!text.includes(written)) continue;
      const pattern = new RegExp(`(\\$*)${written.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}`, 'g');
      text = text.replace(pattern, (_, dollars: string) => this.#reference(name, value, dollars));
    }
    return text;
  }

  /** `$` right before a reference would make it one that is escaped: it goes into the value. */
  #reference(name: string, value: string, dollars: string): string {
    if (dollars === '') return `\${secret:${name}}`;
    this.#values.set(`${name}.${dollars.length}`, dollars + value);
    return `\${secret:${name}.${dollars.length}}`;
  }

  hideDeep(value: unknown): unknown {
    if (typeof value === 'string') return this.hide(value);
    if (Array.isArray(value)) return value.map((item) => this.hideDeep(item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [this.hide(key), this.hideDeep(item)]));
  }

  /** The value behind a reference that a hidden text holds. */
  valueOf(name: string): string | undefined {
    return this.#values.get(name);
  }
}

/** In a template `${` of a value is written `$${`. */
function escapeReferences(value: string): string {
  return value.replaceAll('${', () => '$${');
}
