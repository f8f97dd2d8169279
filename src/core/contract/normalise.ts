/** What is new each time it is said: an identifier, a time, a number of a sequence. */
export type Volatile = '<id>' | '<time>' | '<seq>';

const IDENTIFIERS =
  /^(_?id|sid|uuid|guid|nonce|token|cursor|pid|[sS]ession|request_?[iI]d|receipt|.*[a-z]I[dD]|.*[_-]id)$/;
const TIMES = /^(ts|time|timestamp|date|now|.*(At|Time|Date|Timestamp)|.*[_-](at|time|date|timestamp|ts))$/;
const SEQUENCES = /^(seq|sequence|seqNo|offset|counter|index|.*[_-]seq)$/;

export const UUIDS = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;
const ISO_TIME = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d([.,]\d+)?)?(Z|[+-]\d\d:?\d\d)?/g;
/** Seconds, milliseconds, micro- or nanoseconds since 1970, from 2001 to 2286. */
const EPOCH = /(?<![\d.])[1-9]\d{9}(\d{3}|\d{6}|\d{9})?(?![\d.])/g;

export const VOLATILE_RULE =
  'Identifiers (id, sid, token, session, …Id, any UUID), times (time, …At, ISO 8601, seconds or more since 1970) and sequence numbers (seq, offset, counter) count as equal.';

export const MESSAGE_RULES = [
  'When messages came is not compared, and the order of JSON keys neither.',
  VOLATILE_RULE,
  'Pings and pongs are left out. Each direction of a connection is compared by itself.',
] as const;

/** What a member of this name holds, where the name alone says that it is new each time. */
export function volatileKey(key: string): Volatile | null {
  if (IDENTIFIERS.test(key)) return '<id>';
  if (TIMES.test(key)) return '<time>';
  return SEQUENCES.test(key) ? '<seq>' : null;
}

/** A text message without what is new each time it is said. */
export function normaliseText(text: string): string {
  if (/^\s*[[{]/.test(text)) {
    try {
      return JSON.stringify(normaliseValue(JSON.parse(text), null));
    } catch {
      // No JSON after all.
    }
  }
  return normaliseString(text);
}

/** A text, or a number as text, with UUIDs and times in it replaced. */
export function normaliseString(text: string): string {
  return text.replace(UUIDS, '<id>').replace(ISO_TIME, '<time>').replace(EPOCH, '<time>');
}

function normaliseValue(value: unknown, key: string | null): unknown {
  if (Array.isArray(value)) return value.map((item) => normaliseValue(item, key));
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([name, item]) => [name, normaliseValue(item, name)] as const);
    return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }
  if (typeof value !== 'string' && typeof value !== 'number') return value;
  const known = key === null ? null : volatileKey(key);
  if (known !== null) return known;
  const text = normaliseString(String(value));
  return text === String(value) ? value : text;
}
