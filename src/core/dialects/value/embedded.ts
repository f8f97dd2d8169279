import type { Shape } from '../shape/shape.js';
import { isJsonContainer } from '../shape/jsonShape.js';
import { RawJson } from './rawJson.js';

/** The object with those string members that hold JSON shown as the JSON they hold; null when none does. */
export function withEmbedded(shape: Shape, keys: readonly string[]): (() => unknown) | null {
  const held = keys.some((key) => shape.get(key)?.kind === 'string');
  if (!held) return null;
  return () => {
    const shown = new Map<string, unknown>();
    for (const key of shape.keys()) {
      const member = shape.get(key);
      if (member) shown.set(key, keys.includes(key) ? unwrapped(member) : member.value());
    }
    return shown;
  };
}

function unwrapped(member: Shape): unknown {
  const value = member.value();
  if (member.kind !== 'string' || !(value instanceof RawJson)) return value;
  const text = String(value.toJSON());
  return isJsonContainer(text) ? new RawJson(text) : value;
}
