import type { Difference } from '../base/model.js';
import { locateJson } from '../base/jsonPath.js';
import type { Carried, CarriedValue } from './carried.js';
import { UUIDS, normaliseString, volatileKey } from './normalise.js';
import { ACK_SLOT, isIdPlace, pathText, slotOf } from './places.js';
import { type Content, parseJson } from './said.js';

/** What counts as equal beside what is. */
export interface CompareRules {
  /** JSON paths (RFC 9535) of what is not compared. */
  readonly ignore: readonly string[];
  /** Every rule about identifiers, times and sequence numbers; false: only what is equal is. */
  readonly normalise: boolean;
  /** A text that the other side made and that is sent back to it, whatever its member is called. */
  readonly isSentBack?: (value: string) => boolean;
}

/** How a message departs from a recorded one, and which values it has in place of the recorded ones. */
export interface Compared {
  /** The first 20. */
  readonly differences: readonly Difference[];
  readonly values: readonly CarriedValue[];
}

type Path = readonly (string | number)[];

const MAX_DIFFERENCES = 20;
const MAX_DEPTH = 200;
const MAX_SHOWN = 120;

/** Holds a message against a recorded one, part by part. Never throws. */
export function compareMessages(
  recorded: Content,
  actual: Content,
  rules: CompareRules,
  carried: Carried | null = null,
): Compared {
  return new Comparing(recorded, actual, rules, carried);
}

class Comparing implements Compared {
  readonly differences: Difference[] = [];
  readonly values: CarriedValue[] = [];
  readonly #rules: CompareRules;
  readonly #carried: Carried | null;
  readonly #ignored: ReadonlySet<string>;

  constructor(recorded: Content, actual: Content, rules: CompareRules, carried: Carried | null) {
    this.#rules = rules;
    this.#carried = carried;
    this.#ignored = new Set([recorded.value, actual.value].flatMap((value) => ignoredIn(value, rules.ignore)));
    if (recorded.prefix !== actual.prefix) this.#differs([], recorded.prefix, actual.prefix);
    if (recorded.ack !== actual.ack) this.#scalars([], recorded.ack, actual.ack, ACK_SLOT);
    this.#compare(recorded.value, actual.value, [], null, [recorded.value, actual.value]);
  }

  #compare(was: unknown, is: unknown, path: Path, key: string | null, whole: readonly [unknown, unknown]): void {
    if (this.differences.length >= MAX_DIFFERENCES) return;
    if (this.#ignored.size > 0 && this.#ignored.has(JSON.stringify(path))) return;
    if (was instanceof Uint8Array || is instanceof Uint8Array) {
      const isSame = was instanceof Uint8Array && is instanceof Uint8Array && Buffer.compare(was, is) === 0;
      if (!isSame) this.#differs(path, was, is);
    } else if (isObject(was) && isObject(is) && path.length < MAX_DEPTH) this.#members(was, is, path, key, whole);
    else if (isObject(was) || isObject(is)) {
      if (!isSameDeep(was, is)) this.#differs(path, was, is);
    } else {
      const index = path.length === 1 && typeof path[0] === 'number' ? path[0] : null;
      const first = Array.isArray(whole[0]) ? (whole[0][0] as unknown) : undefined;
      const place = { key, index, first };
      this.#scalars(path, was, is, isIdPlace(place) ? slotOf(place) : null, key);
    }
  }

  #members(was: object, is: object, path: Path, key: string | null, whole: readonly [unknown, unknown]): void {
    if (Array.isArray(was) !== Array.isArray(is)) {
      this.#differs(path, was, is);
      return;
    }
    const isArray = Array.isArray(was);
    for (const name of new Set([...Object.keys(was), ...Object.keys(is)])) {
      const part = isArray ? Number(name) : name;
      const [old, now] = [ownValue(was, name), ownValue(is, name)];
      this.#compare(old, now, [...path, part], isArray ? key : name, whole);
    }
  }

  #scalars(path: Path, was: unknown, is: unknown, idSlot: string | null, key: string | null = null): void {
    const isText = typeof was === 'string' && typeof is === 'string';
    const isSameType = isText || (typeof was === 'number' && typeof is === 'number');
    if (!isSameType) {
      if (was !== is) this.#differs(path, was, is);
      return;
    }
    if (idSlot !== null) this.#learn(idSlot, was, is);
    else if (isText) this.#uuids(was, is);
    if (was === is) return;
    if (isText && this.#isSameInside(was, is, path)) return;
    const isSentBack = isText && this.#rules.isSentBack?.(was) === true;
    if (isSentBack) this.#learn('', was, is);
    const isNew = idSlot !== null || (key !== null && volatileKey(key) !== null);
    if (isSentBack || (this.#rules.normalise && (isNew || isSameNormalised(was, is)))) return;
    if (isText && this.#carried?.text(JSON.stringify(was)) === JSON.stringify(is)) return;
    if (this.#carried?.get(was) === is) return;
    this.#differs(path, was, is);
  }

  #learn(slot: string, recorded: string | number, now: string | number): void {
    this.values.push({ slot, recorded, now });
  }

  #uuids(was: string, is: string): void {
    const [old, now] = [was.match(UUIDS), is.match(UUIDS)];
    if (old === null || now?.length !== old.length) return;
    for (const [at, id] of old.entries()) this.#learn('', id, now[at]!);
  }

  /** JSON in a string of JSON; told at its path when it differs. */
  #isSameInside(was: string, is: string, path: Path): boolean {
    const [old, now] = [parseJson(was), parseJson(is)];
    if (old === undefined || now === undefined) return false;
    this.#compare(old, now, path, null, [old, now]);
    return true;
  }

  #differs(path: Path, was: unknown, is: unknown): void {
    this.differences.push({
      path: pathText(path),
      ...(was === undefined ? {} : { expected: shown(was) }),
      ...(is === undefined ? {} : { actual: shown(is) }),
    });
  }
}

function isSameNormalised(was: unknown, is: unknown): boolean {
  return normaliseString(String(was)) === normaliseString(String(is));
}

function ignoredIn(value: unknown, paths: readonly string[]): string[] {
  if (paths.length === 0 || !isObject(value) || value instanceof Uint8Array) return [];
  return paths.flatMap((path) => {
    try {
      return locateJson(path, value).map((location) => JSON.stringify(location));
    } catch {
      return [];
    }
  });
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function ownValue(value: object, name: string): unknown {
  return Object.hasOwn(value, name) ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

function isSameDeep(was: unknown, is: unknown): boolean {
  try {
    return JSON.stringify(was) === JSON.stringify(is);
  } catch {
    return false;
  }
}

function shown(value: unknown): string {
  if (value instanceof Uint8Array) {
    const hex = Buffer.from(value.subarray(0, 24)).toString('hex');
    return `${value.length} bytes: ${hex}${value.length > 24 ? '…' : ''}`;
  }
  let text: string;
  try {
    text = JSON.stringify(value) ?? String(value);
  } catch {
    text = '(nested too deep to be shown)';
  }
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN - 1)}…` : text;
}
