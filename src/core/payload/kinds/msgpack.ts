import { encode as pack } from '@msgpack/msgpack';
import { fillDeep } from '../fill.js';
import { byLibrary, type PayloadEncoder } from './kind.js';

const MAX_DEPTH = 1_000;

/** https://github.com/msgpack/msgpack/blob/master/spec.md: each number in the shortest form that keeps it. */
export const encode: PayloadEncoder = (value: unknown, context) => {
  const filled = fillDeep(value, context);
  return { binary: true, bytes: byLibrary('msgpack', () => pack(filled, { maxDepth: MAX_DEPTH })) };
};
