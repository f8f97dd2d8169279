import type { Decoded } from '../../core/dialects/dialect.js';
import { renderValue } from '../../core/dialects/value/renderValue.js';

/** What a message was read as, as JSON; null where nothing read it. */
export function decodedJson(decoded: readonly Decoded[]): string | null {
  const values = decoded.flatMap(({ value }) => (value === undefined ? [] : [value]));
  return values.length === 0 ? null : renderValue(values.length === 1 ? values[0] : values);
}
