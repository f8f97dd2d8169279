import { encode as write } from 'cbor2/encoder';
import { fillDeep } from '../fill.js';
import { byLibrary, type PayloadEncoder } from './kind.js';

/** RFC 8949: each number in the shortest form that keeps it, keys in their order. */
export const encode: PayloadEncoder = (value: unknown, context) => {
  const filled = fillDeep(value, context);
  return { binary: true, bytes: byLibrary('cbor', () => write(filled)) };
};
