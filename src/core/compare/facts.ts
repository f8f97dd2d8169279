import { Redactor } from '../redaction/redactor.js';
import type { Change } from './model.js';

/** Something that a report says, in words. */
export interface Fact {
  readonly kind: string;
  readonly name: string | null;
  readonly value: string;
}

/** Of credentials by the name of their header, whoever wrote the file. */
const redactor = new Redactor([]);

/** Headers that are new in each handshake, or say where it goes. */
const VOLATILE_HEADERS: ReadonlySet<string> = new Set([
  'age',
  'cf-ray',
  'date',
  'host',
  'sec-websocket-accept',
  'sec-websocket-key',
  'traceparent',
  'x-request-id',
]);

export const FACT_RULES = [
  `Headers that are new in each handshake are left out: ${[...VOLATILE_HEADERS].join(', ')}.`,
] as const;

/** The value at a path of JSON that may have any shape. */
export function valueAt(value: unknown, ...path: readonly (string | number)[]): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Record<string | number, unknown>)[key];
  }
  return found;
}

export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = valueAt(value, ...path);
  return Array.isArray(found) ? found : [];
}

export function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Of one connection: a report, a client of one. */
export function factsOf(report: unknown): Fact[] {
  const one = (kind: string, value: unknown): Fact[] => {
    const text = textOf(value);
    return text === null ? [] : [{ kind, name: null, value: text }];
  };
  const [leaf] = listAt(report, 'tls', 'chain');
  const connected = listAt(report, 'attempts').find((attempt) => valueAt(attempt, 'error') === null);
  return [
    ...one('verdict', valueAt(report, 'verdict')),
    ...one('headline', valueAt(report, 'findings', 0, 'title')),
    ...one('error', valueAt(report, 'error', 'message')),
    ...one('address', valueAt(connected, 'address')),
    ...one('proxy', valueAt(report, 'proxy', 'url')),
    ...one('TLS', join(report, ['tls', 'protocol'], ['tls', 'cipher'])),
    ...one('certificate', join(leaf, ['subject'], ['issuer'], ['validTo'], ['fingerprint256'])),
    ...one('status', join(report, ['response', 'status'], ['response', 'reason'])),
    ...one('HTTP version', valueAt(report, 'response', 'httpVersion')),
    ...one('subprotocol', valueAt(report, 'subprotocol', 'selected')),
    ...one('compression', valueAt(report, 'compression', 'accepted')),
    ...one('close', closeText(valueAt(report, 'close'))),
    ...headerFacts('request header', listAt(report, 'request', 'headers')),
    ...headerFacts('response header', listAt(report, 'response', 'headers')),
    ...listAt(report, 'findings').map((finding) => named('finding', finding, 'id', textOf(valueAt(finding, 'title')))),
    ...listAt(report, 'expectations').map((each) => named('expectation', each, 'name', expectationText(each))),
    ...listAt(report, 'steps').map((step, index) => stepFact(step, index)),
  ];
}

export function headerFacts(kind: string, headers: readonly unknown[]): Fact[] {
  const values = new Map<string, string[]>();
  for (const header of headers) {
    const name = textOf(valueAt(header, 0))?.toLowerCase() ?? '';
    if (name === '' || VOLATILE_HEADERS.has(name)) continue;
    const [[, shown] = ['', '']] = redactor.headers([[name, textOf(valueAt(header, 1)) ?? '']]);
    values.set(name, [...(values.get(name) ?? []), shown]);
  }
  return [...values].map(([name, list]) => ({ kind, name, value: list.join(', ') }));
}

export function closeText(close: unknown): string | null {
  const code = textOf(valueAt(close, 'code'));
  if (code === null) return null;
  const reason = textOf(valueAt(close, 'reason')) ?? '';
  const by = textOf(valueAt(close, 'initiator'));
  const clean = valueAt(close, 'clean') === false ? ', not clean' : '';
  return `${code}${reason === '' ? '' : ` "${reason}"`}${by === null ? '' : `, by ${by}`}${clean}`;
}

function join(value: unknown, ...paths: readonly (readonly string[])[]): string | null {
  const texts = paths.flatMap((path) => textOf(valueAt(value, ...path)) ?? []);
  return texts.length === 0 ? null : texts.join(', ');
}

function named(kind: string, value: unknown, key: string, text: string | null): Fact {
  return { kind, name: textOf(valueAt(value, key)) ?? '', value: text ?? '' };
}

function expectationText(expectation: unknown): string {
  const actual = textOf(valueAt(expectation, 'actual')) ?? '';
  return `${valueAt(expectation, 'passed') === true ? 'passed' : 'failed'}: ${actual}`;
}

function stepFact(step: unknown, index: number): Fact {
  const error = textOf(valueAt(step, 'error'));
  const status = textOf(valueAt(step, 'status')) ?? '';
  const name = `${index + 1} ${textOf(valueAt(step, 'name')) ?? textOf(valueAt(step, 'kind')) ?? ''}`;
  return { kind: 'step', name, value: error === null ? status : `${status}: ${error}` };
}

/** What differs, in the order in which it is told. Facts of one name are told apart by their order. */
export function changesOf(before: readonly Fact[], after: readonly Fact[]): Change[] {
  const [old, now] = [keyed(before), keyed(after)];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((key) => {
    const [was, is] = [old.get(key), now.get(key)];
    if (was?.value === is?.value) return [];
    const { kind, name } = (was ?? is)!;
    return [{ kind, name, before: was?.value ?? null, after: is?.value ?? null }];
  });
}

function keyed(facts: readonly Fact[]): Map<string, Fact> {
  const found = new Map<string, Fact>();
  for (const fact of facts) {
    const key = JSON.stringify([fact.kind, fact.name]);
    let free = key;
    for (let count = 2; found.has(free); count++) free = `${key} ${count}`;
    found.set(free, fact);
  }
  return found;
}
