const IDENTIFIERS = /^(_?id|uuid|guid|nonce|token|cursor|.*[a-z]I[dD]|.*[_-]id)$/;
const TIMES = /^(ts|time|timestamp|date|now|.*(At|Time|Date|Timestamp)|.*[_-](at|time|date|timestamp|ts))$/;
const SEQUENCES = /^(seq|sequence|seqNo|offset|counter|index|.*[_-]seq)$/;

const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;
const ISO_TIME = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d([.,]\d+)?)?(Z|[+-]\d\d:?\d\d)?/g;
/** Seconds, milliseconds, micro- or nanoseconds since 1970, from 2001 to 2286. */
const EPOCH = /(?<![\d.])[1-9]\d{9}(\d{3}|\d{6}|\d{9})?(?![\d.])/g;

export const MESSAGE_RULES = [
  'When messages came is not compared, and the order of JSON keys neither.',
  'Identifiers (id, uuid, …Id, any UUID), times (time, …At, ISO 8601, seconds or more since 1970) and sequence numbers (seq, offset, counter) count as equal.',
  'Pings and pongs are left out. Each direction of a connection is compared by itself.',
] as const;

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

function normaliseString(text: string): string {
  return text.replace(UUID, '<id>').replace(ISO_TIME, '<time>').replace(EPOCH, '<time>');
}

function normaliseValue(value: unknown, key: string | null): unknown {
  if (Array.isArray(value)) return value.map((item) => normaliseValue(item, key));
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([name, item]) => [name, normaliseValue(item, name)] as const);
    return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }
  if (typeof value !== 'string' && typeof value !== 'number') return value;
  if (key !== null && IDENTIFIERS.test(key)) return '<id>';
  if (key !== null && TIMES.test(key)) return '<time>';
  if (key !== null && SEQUENCES.test(key)) return '<seq>';
  const text = normaliseString(String(value));
  return text === String(value) ? value : text;
}
