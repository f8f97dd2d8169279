import { RawJson } from '../../dialects/value/rawJson.js';

/**
 * What a dialect, or a library of MessagePack or CBOR, gave, as JSON: integers beyond 2^53 as decimal texts, bytes as Base64, what JSON has
 * no word for as an object with a `$` key or a text. Keys that are no texts are told as JSON.
 */
export function jsonValue(value: unknown): unknown {
  if (typeof value === 'bigint') return isSafe(value) ? Number(value) : String(value);
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (value === undefined) return null;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof RawJson) return value.toJSON();
  if (value instanceof Uint8Array) return base64(value);
  if (Array.isArray(value)) return value.map(jsonValue);
  const entries: (readonly [unknown, unknown])[] = value instanceof Map ? [...value] : Object.entries(value);
  const present = entries.filter(([, item]) => item !== undefined);
  return Object.fromEntries(present.map(([key, item]) => [keyText(key), jsonValue(item)]));
}

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

function isSafe(value: bigint): boolean {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER;
}

function keyText(key: unknown): string {
  const plain = jsonValue(key);
  return typeof plain === 'string' ? plain : JSON.stringify(plain);
}
