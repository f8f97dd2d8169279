import { randomUUID } from 'node:crypto';
import { ProbeError } from '../base/errors.js';
import type { Match } from '../base/message.js';
import { parts } from '../profile/variables.js';

/** What is filled in as a message is sent, or as one is waited for. */
export interface FillContext {
  /** Values captured from earlier replies: texts, or any JSON. */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** `${seq}`: the number of this message, from 1. */
  readonly seq?: number;
  readonly now?: Date;
  readonly uuid?: () => string;
}

/** The text with its variables filled in; what is no text stands there as JSON. Throws `payload-variable`. */
export function fill(text: string, context: FillContext, escape: (value: string) => string = (value) => value): string {
  return parts(text)
    .map((part) => {
      if (part.kind === 'literal') return part.text;
      const value = valueOf(part.kind === 'variable' ? part.name : null, context);
      return escape(typeof value === 'string' ? value : JSON.stringify(value));
    })
    .join('');
}

/** A JSON value with the variables of its texts filled in. A text that is exactly one variable keeps the type of its value. */
export function fillDeep(value: unknown, context: FillContext): unknown {
  if (typeof value === 'string') {
    const [only, ...more] = parts(value);
    return only?.kind === 'variable' && more.length === 0 ? valueOf(only.name, context) : fill(value, context);
  }
  if (Array.isArray(value)) return value.map((item) => fillDeep(item, context));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillDeep(item, context)]));
}

/** A match with its variables filled in. In an expression a value stands for itself, whatever signs it holds. */
export function fillMatch(match: Match, context: FillContext): Match {
  const filled = Object.entries(match).map(([key, value]: [string, unknown]) => {
    if (key === 'all' || key === 'any') return [key, (value as Match[]).map((each) => fillMatch(each, context))];
    if (key === 'not') return [key, fillMatch(value as Match, context)];
    // A schema's own texts are filled in; the path of one is known before anything is sent.
    if (key === 'matches') return [key, fill(value as string, context, escapeExpression)];
    return [key, key === 'schema' && typeof value === 'string' ? value : fillDeep(value, context)];
  });
  return Object.fromEntries(filled) as Match;
}

function escapeExpression(value: string): string {
  return value.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

function valueOf(name: string | null, context: FillContext): unknown {
  if (name === null) {
    throw new ProbeError('payload-variable', 'A message holds a variable that cannot be filled in as it is sent.');
  }
  if (name === 'uuid') return (context.uuid ?? randomUUID)();
  if (name === 'now') return (context.now ?? new Date()).toISOString();
  if (name === 'seq') return String(context.seq ?? 1);
  const captured = context.variables ?? {};
  const value = Object.hasOwn(captured, name) ? captured[name] : undefined;
  if (value === undefined)
    throw new ProbeError('payload-variable', `\${${name}} has no value as this message is sent.`);
  return value;
}
