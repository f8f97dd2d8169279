import { isUtf8 } from 'node:buffer';
import { isGzip, isZlib } from '../../base/compressed.js';
import { readItem } from '../../dialects/shape/binaryShape.js';
import { cborSyntax, loadCbor, loadMsgpack, msgpackSyntax } from '../../dialects/shape/formats.js';
import { jsonValue } from './jsonValue.js';
import { contentValue } from './loadDecoders.js';
import { unwrap } from './unwrap.js';

export interface Guess {
  /** What it was taken for, outermost first: `gzip`, `CBOR`, `protobuf without a schema`. */
  readonly steps: readonly string[];
  readonly value: unknown;
}

const MAX_WRAPPINGS = 3;

/** What a message may be, by its first bytes, where nobody has said how it is read; null: nothing is known of it. */
export async function guessDecoding(binary: boolean, bytes: Uint8Array): Promise<Guess | null> {
  if (!binary) return null;
  const steps: string[] = [];
  let content = bytes;
  for (; steps.length < MAX_WRAPPINGS; ) {
    const how = isGzip(content) ? 'gzip' : isZlib(content) ? 'deflate' : null;
    const inside = how && unwrap(how, content);
    if (how === null || inside === null || typeof inside === 'string') break;
    steps.push(how);
    content = inside;
  }
  if (isUtf8(content))
    return steps.length === 0 ? null : { steps, value: contentValue({ binary: false, bytes: content }) };
  const packed = await guessPacked(content);
  if (packed) return { steps: [...steps, packed.name], value: packed.value };
  return steps.length === 0 ? null : { steps, value: contentValue({ binary: true, bytes: content }) };
}

/** One map or list to the last byte; else fields of protobuf to the last byte. */
async function guessPacked(bytes: Uint8Array): Promise<{ readonly name: string; readonly value: unknown } | null> {
  for (const [syntax, load] of [
    [cborSyntax, loadCbor],
    [msgpackSyntax, loadMsgpack],
  ] as const) {
    const { shape, end } = readItem(syntax, bytes, 0);
    const isWhole = end === bytes.length && (shape?.kind === 'object' || (shape?.kind === 'array' && shape.size > 1));
    if (!isWhole) continue;
    const format = await load((each: Uint8Array) => each);
    return { name: syntax.name, value: jsonValue(readItem(format, bytes, 0).shape?.value()) };
  }
  const { rawFields } = await import('../protobuf/rawFields.js');
  const fields = rawFields(bytes);
  return fields && { name: 'protobuf without a schema', value: fields };
}
