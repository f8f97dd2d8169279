import { isDeepStrictEqual } from 'node:util';
import type { PathTest } from '../base/message.js';
import { show } from './shown.js';

/** A question that is asked of each value a JSON path selects. */
interface ValueTest {
  /** What it asks, after the path: `equals 5`. */
  readonly words: (operand: never) => string;
  readonly holds: (value: unknown, operand: never) => boolean;
}

function test<T>(words: (operand: T) => string, holds: (value: unknown, operand: T) => boolean): ValueTest {
  return { words, holds };
}

function compared(sign: string, holds: (a: number | string, b: number | string) => boolean): ValueTest {
  return test<number | string>(
    (operand) => `${sign} ${show(operand)}`,
    (value, operand) => typeof value === typeof operand && holds(value as number | string, operand),
  );
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function lengthInCharacters(text: string): number {
  return text.length - (text.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0);
}

/** Unicode characters of a text, elements of a list, members of an object (RFC 9535 2.4.4). */
function lengthOf(value: unknown): number | null {
  if (typeof value === 'string') return lengthInCharacters(value);
  if (typeof value !== 'object' || value === null) return null;
  return Array.isArray(value) ? value.length : Object.keys(value).length;
}

/** What can be asked of a value, but for `exists`, which is asked of them all, and `schema`, which needs what was loaded. */
export const VALUE_TESTS: Readonly<Record<Exclude<keyof PathTest, 'exists' | 'schema'>, ValueTest>> = {
  equals: test<unknown>((operand) => `equals ${show(operand)}`, isDeepStrictEqual),
  matches: test<string>(
    (operand) => `matches /${operand}/`,
    (value, operand) => new RegExp(operand).test(typeof value === 'string' ? value : show(value)),
  ),
  gt: compared('>', (a, b) => a > b),
  ge: compared('>=', (a, b) => a >= b),
  lt: compared('<', (a, b) => a < b),
  le: compared('<=', (a, b) => a <= b),
  type: test<string>(
    (operand) => `is of type ${operand}`,
    (value, operand) => (operand === 'integer' ? Number.isInteger(value) : typeOf(value) === operand),
  ),
  length: test<number>(
    (operand) => `has length ${operand}`,
    (value, operand) => lengthOf(value) === operand,
  ),
};
