import { ProbeError } from '../../base/errors.js';
import type { HistogramRecord } from '../../base/histogram.js';
import { ROLLUP_SCHEMA, type Rollup, SAMPLE_SCHEMA, type Sample } from '../../base/sample.js';

const HISTORY_SCHEMA = 'wsprobe.history/1';

const MAX_LINE_BYTES = 256 * 1024;

export interface Segment {
  readonly records: readonly (Sample | Rollup)[];
  /** Lines that are no record, but for a torn last one. */
  readonly damaged: number;
}

/** The first line of a segment. */
export function headerLine(startedAt: string): string {
  return `${JSON.stringify({ schema: HISTORY_SCHEMA, startedAt })}\n`;
}

/** What a segment holds. A last line without its end was being written. Throws `history.later` for what a later version wrote. */
export function parseSegment(bytes: Uint8Array, path: string): Segment {
  const lines = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8').split('\n');
  lines.pop();
  const records: (Sample | Rollup)[] = [];
  let damaged = 0;
  for (const [index, line] of lines.entries()) {
    const value = line.length > MAX_LINE_BYTES ? null : parsed(line);
    refuseLater(value, path);
    if (isSample(value) || isRollup(value)) records.push(value);
    else if (index > 0 || !isHeader(value)) damaged += 1;
  }
  return { records, damaged };
}

/** How many bytes of a segment are whole lines. */
export function wholeBytes(bytes: Uint8Array): number {
  return bytes.lastIndexOf(0x0a) + 1;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return null;
  }
}

/** What a later version means by its fields is not known: neither read nor added to. */
function refuseLater(value: unknown, path: string): void {
  const schema = isObject(value) ? value['schema'] : null;
  if (typeof schema !== 'string') return;
  const [, version] = /^wsprobe\.(?:history|sample|rollup)\/(\d{1,9})$/.exec(schema) ?? [];
  if (version === undefined || Number(version) <= 1) return;
  throw new ProbeError('history.later', `${path} was written by a later version of wsprobe (${schema}).`, {
    hint: 'Update wsprobe, or name another folder.',
  });
}

type Fields = Readonly<Record<string, unknown>>;

function isHeader(value: unknown): boolean {
  return isObject(value) && value['schema'] === HISTORY_SCHEMA;
}

// A file can be edited by anybody: what is added up must be numbers, what is shown must be text.
function isSample(value: unknown): value is Sample {
  if (!isObject(value) || value['schema'] !== SAMPLE_SCHEMA || !isSubject(value) || !isSeen(value)) return false;
  const { closeCode, clean, connected, drops, finding, heartbeats, heldMs, kind, pausedMs, phases } = value;
  return (
    ['probe', 'hold', 'pause'].includes(kind as string) &&
    ['healthy', 'degraded', 'down', null].includes(value['verdict'] as string | null) &&
    isNumbers(phases) &&
    isNumberOrNull(value['roundTripMs']) &&
    isNumberOrNull(closeCode) &&
    (clean === null || typeof clean === 'boolean') &&
    isTextOrNull(finding) &&
    typeof connected === 'boolean' &&
    [drops, heldMs, pausedMs, value['reconnects']].every((each) => each === undefined || isNumber(each)) &&
    (heartbeats === undefined || isBeats(heartbeats)) &&
    isReturns(value['returns']) &&
    isSequence(value['sequence'])
  );
}

function isRollup(value: unknown): value is Rollup {
  if (!isObject(value) || value['schema'] !== ROLLUP_SCHEMA || !isSubject(value) || !isSeen(value)) return false;
  const { closes, findings, heartbeats, phases, roundTrip, samples, verdicts } = value;
  return (
    isNumbers(samples, ['probe', 'hold', 'pause']) &&
    isNumbers(verdicts, ['healthy', 'degraded', 'down']) &&
    ['connected', 'reconnects', 'drops', 'pausedMs', 'heldMs'].every((key) => isNumber(value[key])) &&
    isNumbers(findings) &&
    isBeats(heartbeats) &&
    isReturns(value['returns']) &&
    isSequence(value['sequence']) &&
    isObject(phases) &&
    Object.values(phases).every(isHistogram) &&
    (roundTrip === null || isHistogram(roundTrip)) &&
    Array.isArray(closes) &&
    closes.every((close) => isObject(close) && isNumbers({ code: close['code'], count: close['count'] }))
  );
}

function isHistogram(value: unknown): value is HistogramRecord {
  if (!isObject(value)) return false;
  const { buckets, ...sums } = value;
  if (!isNumbers(sums, ['count', 'sum', 'min', 'max']) || !Array.isArray(buckets)) return false;
  return buckets.every((bucket) => Array.isArray(bucket) && bucket.length === 2 && bucket.every(isNumber));
}

function isSubject({ at, profile, target }: Fields): boolean {
  return typeof at === 'string' && !Number.isNaN(Date.parse(at)) && typeof target === 'string' && isTextOrNull(profile);
}

function isSeen({ address, certificate, certificateDaysLeft, serverFingerprint, subprotocol }: Fields): boolean {
  return (
    [address, certificate, serverFingerprint, subprotocol].every(isTextOrNull) && isNumberOrNull(certificateDaysLeft)
  );
}

function isReturns(value: unknown): boolean {
  return value === undefined || isNumbers(value, ['count', 'atFirstTry']);
}

function isSequence(value: unknown): boolean {
  return value === undefined || isNumbers(value, ['numbered', 'lost', 'repeated', 'unknown']);
}

function isBeats(value: unknown): boolean {
  return isNumbers(value, ['sent', 'answered']);
}

function isNumbers(value: unknown, required: readonly string[] = []): boolean {
  return isObject(value) && Object.values(value).every(isNumber) && required.every((key) => Object.hasOwn(value, key));
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isNumberOrNull(value: unknown): boolean {
  return value === null || isNumber(value);
}

function isTextOrNull(value: unknown): boolean {
  return value === null || typeof value === 'string';
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
