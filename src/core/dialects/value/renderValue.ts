import { binaryValue } from './binary.js';
import { RawJson } from './rawJson.js';

/** Bounds of one rendered value. What lies past them is named in its place, never left out without a word. */
export interface RenderLimits {
  readonly maxChars: number;
  readonly maxDepth: number;
}

const DEFAULT_LIMITS: RenderLimits = { maxChars: 1_048_576, maxDepth: 100 };

/**
 * A decoded value as JSON text: `RawJson` as it was received, big integers with every digit, Maps as objects in their
 * order, bytes as `{ "$binary": hex, "bytes": n }`, what JSON cannot say as a string. Always valid JSON; never throws.
 */
export function renderValue(value: unknown, limits: Partial<RenderLimits> = {}): string {
  const writer = new Writer({ ...DEFAULT_LIMITS, ...limits });
  writer.write(value, 0);
  return writer.text();
}

class Writer {
  readonly #parts: string[] = [];
  #left: number;

  constructor(private readonly limits: RenderLimits) {
    this.#left = limits.maxChars;
  }

  text(): string {
    return this.#parts.join('');
  }

  write(value: unknown, depth: number): void {
    if (typeof value === 'string') this.#string(value);
    else if (typeof value === 'bigint') this.#push(value.toString());
    else if (typeof value === 'number') this.#push(numberText(value));
    else if (typeof value === 'boolean') this.#push(String(value));
    else if (value instanceof RawJson) this.#raw(value.text);
    else if (typeof value === 'object' && value !== null) this.#container(value, depth);
    else this.#push('null');
  }

  #container(value: object, depth: number): void {
    if (depth >= this.limits.maxDepth) this.#string('… nested deeper');
    else if (value instanceof Uint8Array) this.#members(Object.entries(binaryValue(value)), depth);
    else if (Array.isArray(value)) this.#elements(value, depth);
    else if (value instanceof Map) this.#members(value, depth);
    else this.#members(Object.entries(value), depth);
  }

  #elements(values: readonly unknown[], depth: number): void {
    this.#push('[');
    for (const [index, value] of values.entries()) {
      if (index > 0) this.#push(',');
      if (this.#left <= 0) {
        this.#push(`"… ${values.length - index} more"`);
        break;
      }
      this.write(value, depth + 1);
    }
    this.#push(']');
  }

  #members(entries: Iterable<readonly [unknown, unknown]>, depth: number): void {
    this.#push('{');
    let first = true;
    for (const [key, value] of entries) {
      if (value === undefined) continue;
      if (!first) this.#push(',');
      first = false;
      if (this.#left <= 0) {
        this.#push('"…":"more"');
        break;
      }
      this.#string(keyText(key));
      this.#push(':');
      this.write(value, depth + 1);
    }
    this.#push('}');
  }

  #string(text: string): void {
    const room = Math.max(this.#left, 64);
    this.#push(JSON.stringify(text.length <= room ? text : `${text.slice(0, room)}… ${text.length - room} more`));
  }

  /** Cut JSON is no JSON: what does not fit becomes a string of its beginning. */
  #raw(text: string): void {
    if (text.length <= Math.max(this.#left, 64)) this.#push(text);
    else this.#string(text);
  }

  #push(text: string): void {
    this.#left -= text.length;
    this.#parts.push(text);
  }
}

function numberText(value: number): string {
  if (Object.is(value, -0)) return '-0';
  return Number.isFinite(value) ? String(value) : `"${value}"`;
}

/** Keys of MessagePack and CBOR maps need not be strings. */
function keyText(key: unknown): string {
  return typeof key === 'string' ? key : renderValue(key, { maxChars: 200, maxDepth: 4 });
}
