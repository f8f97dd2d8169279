import { isUtf8 } from 'node:buffer';
import { NotProtobuf, Reader } from './reader.js';

const MAX_DEPTH = 32;
const MAX_FIELDS = 10_000;
/** What a person types: no control characters but those of layout. */
const PRINTABLE = /^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffd]*$/;

/** A field as it lies on the wire, its meaning unknown: bytes that read as text or as fields are told as such. */
export type RawField = { readonly field: number } & (
  | { readonly varint: string }
  | { readonly fixed32: number }
  | { readonly fixed64: string }
  | { readonly text: string }
  | { readonly fields: readonly RawField[] }
  | { readonly base64: string }
  | { readonly group: readonly RawField[] }
);

interface Budget {
  left: number;
}

/** The fields of a message without its schema; null: these bytes are no protobuf. */
export function rawFields(bytes: Uint8Array): readonly RawField[] | null {
  if (bytes.length === 0) return null;
  return attempt(bytes, 0, { left: MAX_FIELDS });
}

function attempt(bytes: Uint8Array, depth: number, budget: Budget): readonly RawField[] | null {
  try {
    return readAll(new Reader(bytes), depth, budget, null);
  } catch (error) {
    if (error instanceof NotProtobuf) return null;
    throw error;
  }
}

/** Up to the end, or to that of the group `ends`. */
function readAll(reader: Reader, depth: number, budget: Budget, ends: number | null): readonly RawField[] {
  if (depth > MAX_DEPTH) throw new NotProtobuf('nested too deeply');
  const fields: RawField[] = [];
  while (!reader.isAtEnd) {
    const [field, wire] = reader.tag();
    if (wire === 4 && field === ends) return fields;
    fields.push(readRaw(reader, field, wire, depth, budget));
  }
  if (ends !== null) throw new NotProtobuf('a group without an end');
  return fields;
}

/** What follows a tag, by its wire type alone. */
export function readRaw(
  reader: Reader,
  field: number,
  wire: number,
  depth = 0,
  budget: Budget = { left: MAX_FIELDS },
): RawField {
  if (--budget.left < 0) throw new NotProtobuf('too many fields');
  switch (wire) {
    case 0:
      return { field, varint: String(reader.varint()) };
    case 1:
      return { field, fixed64: String(reader.fixed64().getBigUint64(0, true)) };
    case 2:
      return { field, ...ofBytes(reader.lengthDelimited(), depth, budget) };
    case 3:
      return { field, group: readAll(reader, depth + 1, budget, field) };
    case 5:
      return { field, fixed32: reader.fixed32().getUint32(0, true) };
    default:
      throw new NotProtobuf(`the wire type ${wire}`);
  }
}

function ofBytes(bytes: Uint8Array, depth: number, budget: Budget) {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = isUtf8(buffer) ? buffer.toString('utf8') : null;
  if (text !== null && PRINTABLE.test(text)) return { text };
  const before = budget.left;
  const fields = attempt(bytes, depth + 1, budget);
  if (fields) return { fields };
  budget.left = Math.max(0, Math.min(budget.left, before - 1));
  return { base64: buffer.toString('base64') };
}
