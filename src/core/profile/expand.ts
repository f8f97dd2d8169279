import { isSecretEnvValue } from './envSecret.js';
import { type JsonNode, placeInString, type StringNode } from './jsonc.js';
import { type Place, quote, type Report } from './problems.js';
import { escapeVariables } from '../base/escapeVariables.js';
import { type Part, parts, type Path, secretEnvName, sendTimeNames, SEND_TIME_NAMES } from './variables.js';

const MAX_VALUE_LENGTH = 1024 * 1024;
/** Levels of variables that use variables. */
export const MAX_NESTING = 50;
const MAX_TOTAL_LENGTH = 16 * 1024 * 1024;

/** A variable's value: text that stands, or a text of the file that may use other variables. */
export type Source = { readonly literal: string } | { readonly node: StringNode };

export interface Sources {
  readonly variables: ReadonlyMap<string, Source>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly secrets: Readonly<Record<string, string | undefined>>;
  /** Why a variable that the file does declare has no value here. */
  readonly explainMissing: (name: string) => string;
}

/** A known text, or a name that is filled in at send time. */
type Piece = string | { readonly name: string };

/** Puts values in the place of variables; reports each that has none. Bounded against variables that multiply. */
export class Expander {
  /** Values of the secrets that were used, and of environment variables that may be one. */
  readonly secrets = new Set<string>();
  /** What was asked for, whether it has a value or not. */
  readonly names = { secret: new Set<string>(), env: new Set<string>() };
  /** Null: it has no value, which has been reported where it stands. */
  readonly #known = new Map<string, readonly Piece[] | null>();
  readonly #stack: string[] = [];
  #total = 0;

  readonly #text: string;
  readonly #sources: Sources;
  readonly #report: Report;
  readonly #captured: readonly string[];

  constructor(text: string, sources: Sources, report: Report, captured: readonly string[]) {
    this.#text = text;
    this.#sources = sources;
    this.#report = report;
    this.#captured = captured;
  }

  /** The text with its values. In messages what is known only at send time stays, and other `${` stay escaped. */
  expand(node: StringNode, path: Path): JsonNode {
    const later = sendTimeNames(path, this.#captured);
    const pieces = this.#total > MAX_TOTAL_LENGTH ? null : this.#pieces(node);
    if (!pieces) return { ...node, value: '', open: true };
    const early = pieces.find((piece) => typeof piece !== 'string' && !later.includes(piece.name));
    if (early !== undefined && typeof early !== 'string') {
      this.#report('unresolved-variable', node, sendTimeOnly(early.name));
      return { ...node, value: '', open: true };
    }
    const render = later.length > 0 ? escapeVariables : (text: string) => text;
    const value = pieces.map((piece) => (typeof piece === 'string' ? render(piece) : `\${${piece.name}}`)).join('');
    this.#total += value.length;
    if (this.#total > MAX_TOTAL_LENGTH || value.length > MAX_VALUE_LENGTH) {
      this.#report(
        'too-large',
        node,
        'With its variables filled in, this profile grows too large (1 MiB a text, 16 MiB in all).',
      );
      return { ...node, value: '', open: true };
    }
    const open = pieces.some((piece) => typeof piece !== 'string');
    return open ? { ...node, value, open } : { ...node, value };
  }

  /** The text with its values, when all of them are known before anything is sent; else null. */
  valueOf(node: StringNode): string | null {
    const pieces = this.#pieces(node);
    return pieces?.every((piece) => typeof piece === 'string') ? pieces.join('') : null;
  }

  /** Null when something has no value: it has been reported. */
  #pieces(node: StringNode): readonly Piece[] | null {
    const pieces: Piece[] = [];
    let length = 0;
    let missing = false;
    for (const part of parts(node.value)) {
      const found = part.kind === 'literal' ? [part.text] : this.#part(part, node);
      if (!found) missing = true;
      for (const piece of found ?? []) {
        length += typeof piece === 'string' ? piece.length : 0;
        pieces.push(piece);
      }
      if (length > MAX_VALUE_LENGTH || pieces.length > MAX_VALUE_LENGTH) {
        this.#report('too-large', node, 'With its variables filled in, this text grows beyond 1 MiB.');
        return null;
      }
    }
    return missing ? null : pieces;
  }

  #part(part: Exclude<Part, { kind: 'literal' }>, node: StringNode): readonly Piece[] | null {
    const place = () => placeInString(this.#text, node, part.start, part.end);
    if (part.kind === 'broken') {
      this.#report('variable-syntax', place, part.why);
      return null;
    }
    if (part.kind === 'variable') return this.#variable(part.name, place);
    this.names[part.kind].add(part.name);
    const from = part.kind === 'env' ? this.#sources.env : this.#sources.secrets;
    const value = Object.hasOwn(from, part.name) ? from[part.name] : undefined;
    if (value === undefined) {
      this.#report(
        'unresolved-variable',
        place,
        part.kind === 'env' ? missingEnv(part.name) : missingSecret(part.name),
      );
      return null;
    }
    if (part.kind === 'secret' || isSecretEnvValue(value)) this.secrets.add(value);
    return [value];
  }

  #variable(name: string, place: () => Place): readonly Piece[] | null {
    if (SEND_TIME_NAMES.includes(name) || this.#captured.includes(name)) return [{ name }];
    const source = this.#sources.variables.get(name);
    if (!source) {
      this.#report('unresolved-variable', place, () => this.#sources.explainMissing(name));
      return null;
    }
    if ('literal' in source) return [source.literal];
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    if (this.#stack.includes(name)) {
      const circle = [...this.#stack.slice(this.#stack.indexOf(name)), name].map(quote).join(' → ');
      this.#report('variable-cycle', place, `This variable needs itself: ${circle}.`);
      return null;
    }
    if (this.#stack.length >= MAX_NESTING) {
      this.#report('too-deep', place, `Variables may use each other at most ${MAX_NESTING} levels deep.`);
      return null;
    }
    this.#stack.push(name);
    const pieces = this.#pieces(source.node);
    this.#stack.pop();
    const value = pieces ? merge(pieces) : null;
    this.#known.set(name, value);
    return value;
  }
}

function merge(pieces: readonly Piece[]): readonly Piece[] {
  const merged: Piece[] = [];
  for (const piece of pieces) {
    const last = merged.at(-1);
    if (typeof piece === 'string' && typeof last === 'string') merged[merged.length - 1] = last + piece;
    else merged.push(piece);
  }
  return merged;
}

export function sendTimeOnly(name: string): string {
  return `\${${name}} is filled in as a message is sent: it can stand in messages only.`;
}

function missingEnv(name: string): string {
  return `The environment variable ${quote(name)} is not set.`;
}

function missingSecret(name: string): string {
  const set = `set ${secretEnvName(name)} on the command line, or run "WebSocket: Set Secret" in the editor`;
  return `The secret ${quote(name)} is not set: ${set}.`;
}
