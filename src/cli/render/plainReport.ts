import { plainText } from '../../core/base/plainText.js';

const MAX_LINE = 4000;
const MAX_LINES = 2000;

/** Every string of a report made harmless for a terminal, line breaks kept: one pass, so that no field is forgotten. */
export function plainRecord<T>(value: T): T {
  return plainValue(value) as T;
}

function plainValue(value: unknown): unknown {
  if (typeof value === 'string') return plainLines(value);
  if (Array.isArray(value)) return value.map(plainValue);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [plainLines(key), plainValue(item)]));
}

function plainLines(text: string): string {
  return text
    .split(/\r?\n/)
    .slice(0, MAX_LINES)
    .map((line) => plainText(line.replaceAll('\t', '  '), MAX_LINE))
    .join('\n');
}

/** A JSON document that is safe to print: what a terminal may obey is escaped, so it stays the same JSON. */
export function plainJson(value: unknown, indent: number): string {
  return escapeJson(JSON.stringify(value, null, indent));
}

/** The same for JSON that is text already. */
export function escapeJson(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
