import { counted, decoded, tooMany, unreadable } from '../decoded.js';
import type { Decoded, DialectDecoder, DialectMessage } from '../dialect.js';
import { MAX_READ_BYTES, textOf } from '../messageText.js';
import { readItem } from '../shape/binaryShape.js';
import type { BinaryFormat } from '../shape/binaryScan.js';
import type { Shape } from '../shape/shape.js';

const MAX_VALUES = 256;

/** Values of a serialisation with nothing agreed above it: their outline, and the whole on demand. */
export function packedDecoder(format: BinaryFormat): DialectDecoder {
  return { decode: (message) => decodeAll(format, message) };
}

/** Several values may follow each other in one message (a CBOR sequence, RFC 8742). */
function decodeAll(format: BinaryFormat, message: DialectMessage): readonly Decoded[] {
  if (!message.binary) return [decoded({ label: textOf(message), role: 'event', problem: `text, not ${format.name}` })];
  const { bytes } = message;
  if (bytes.length > MAX_READ_BYTES) return [unreadable(`${bytes.length} bytes`, 'longer than 1 MiB: not decoded')];
  const all: Decoded[] = [];
  let at = 0;
  do {
    const { shape, problem, end } = readItem(format, bytes, at);
    if (shape === null) return [...all, unreadable(`${bytes.length - at} bytes`, problem ?? '')];
    all.push(decoded({ label: outline(shape), role: 'event', value: () => shape.value() }));
    at = end;
  } while (at < bytes.length && all.length < MAX_VALUES);
  return at < bytes.length ? [...all, tooMany(`${bytes.length - at} bytes`, 'values')] : all;
}

/** `{type: subscribe, id: 1, payload}`: scalars with their value, the rest by name. */
function outline(shape: Shape): string {
  if (shape.kind === 'array') {
    const first = shape.at(0);
    return `${counted(shape.size, 'element')} ${first?.text ?? ''}`.trim();
  }
  if (shape.kind !== 'object') return brief(shape) || shape.kind;
  const names = shape.keys().slice(0, 8);
  const parts = names.map((name) => {
    const member = shape.get(name);
    const text = member ? brief(member) : '';
    return text === '' ? name : `${name}: ${text}`;
  });
  return `{${parts.join(', ')}${shape.size > names.length ? ', …' : ''}}`;
}

function brief(shape: Shape): string {
  if (shape.kind === 'binary') return `${shape.size} bytes`;
  return shape.text.length > 30 ? `${shape.text.slice(0, 29)}…` : shape.text;
}
