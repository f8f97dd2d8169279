import { ProbeError } from '../core/base/errors.js';

/** Takes a value that crossed from the webview as what it must be, and nothing more of it; throws otherwise. */
export type Check<T> = (value: unknown) => T;
type Shape<T> = { readonly [K in keyof T]-?: Check<T[K]> };

export const flag: Check<boolean> = (value) => (typeof value === 'boolean' ? value : refuse());

export function integer(min: number, max: number): Check<number> {
  return (value) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max ? value : refuse();
}

/** At most `max` UTF-16 units. */
export function text(max: number): Check<string> {
  return (value) => (typeof value === 'string' && value.length <= max ? value : refuse());
}

/** At most `max` bytes of UTF-8. */
export function utf8(max: number): Check<string> {
  return (value) =>
    typeof value === 'string' && value.length <= max && new TextEncoder().encode(value).length <= max
      ? value
      : refuse();
}

export function oneOf<const T extends string>(...choices: readonly T[]): Check<T> {
  return (value) => choices.find((choice) => choice === value) ?? refuse();
}

/** What may be left out. */
export function optional<T>(check: Check<T>): Check<T | undefined> {
  return (value) => (value === undefined ? undefined : check(value));
}

/** One of two; what neither takes is refused as the second refuses it. */
export function either<T>(first: Check<T>, second: Check<T>): Check<T> {
  return (value) => {
    try {
      return first(value);
    } catch {
      return second(value);
    }
  };
}

export function pair<T>(check: Check<T>): Check<readonly [T, T]> {
  return (value) => (Array.isArray(value) && value.length === 2 ? [check(value[0]), check(value[1])] : refuse());
}

/** At most `max` of them. */
export function list<T>(check: Check<T>, max: number): Check<readonly T[]> {
  return (value) => (Array.isArray(value) && value.length <= max ? value.map((each) => check(each)) : refuse());
}

/** Known keys only: what else stands in it is dropped. */
export function shape<T extends object>(checks: Shape<T>): Check<T> {
  const entries = Object.entries<Check<unknown>>(checks);
  return (value) => {
    if (typeof value !== 'object' || value === null) return refuse();
    const given = value as Readonly<Record<string, unknown>>;
    const checked = entries.map(([key, check]) => [key, check(given[key])] as const);
    return Object.fromEntries(checked.filter(([, taken]) => taken !== undefined)) as T;
  };
}

/** For acts that only the host asks for: the compiler has checked them. */
export function trusted<T extends object>(): Check<T> {
  return (value) => value as T;
}

/** For requests that take nothing: whatever came is dropped. */
export const nothing: Check<object> = () => ({});

function refuse(): never {
  throw new ProbeError('inspector.bad-request', 'The inspector asked for something it cannot ask for.');
}
