import { base64Bytes } from '../../profile/checks.js';
import { MAX_DEPTH, type ProtoEnum, type ProtoField, type ProtoMessage, type Scalar, wireOf } from './schema.js';

/** What a value does not have that its type asks for; the message says where. */
export class UnfitValue extends Error {}

/** The bytes of a JSON value as this message, fields in the order of their numbers. Throws `UnfitValue`. */
export function encodeMessage(type: ProtoMessage, value: unknown): Uint8Array {
  const parts: Uint8Array[] = [];
  writeMessage(type, value, parts, type.name, 0);
  return Buffer.concat(parts);
}

function writeMessage(type: ProtoMessage, value: unknown, out: Uint8Array[], at: string, depth: number): void {
  if (depth > MAX_DEPTH) throw new UnfitValue(`${at} is nested too deeply.`);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unfit(at, `an object (${type.name})`);
  const given = Object.entries(value).map(([name, item]) => [fieldOf(type, name, at), item] as const);
  const ordered = given.sort(([a], [b]) => a.number - b.number);
  for (const [index, [field, item]] of ordered.entries()) {
    if (ordered[index + 1]?.[0] === field)
      throw new UnfitValue(`${at}.${field.name} is given twice, by both its names.`);
    // Null stands for absent, as in protobuf's own mapping to JSON.
    if (item !== null) writeField(field, item, out, `${at}.${field.name}`, depth);
  }
}

function fieldOf(type: ProtoMessage, name: string, at: string): ProtoField {
  const field = type.byName.get(name);
  if (field) return field;
  const known = [...type.byNumber.values()].slice(0, 12).map((each) => each.name);
  const has = known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`;
  throw new UnfitValue(`${at} has no field ${JSON.stringify(name.slice(0, 60))}: ${has}.`);
}

function writeField(field: ProtoField, value: unknown, out: Uint8Array[], at: string, depth: number): void {
  const { type, repeated, packed } = field;
  if (typeof type !== 'string' && type.kind === 'message' && type.isMapEntry) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unfit(at, 'an object');
    for (const [key, item] of Object.entries(value)) {
      writeOne(field, { key: keyOf(type, key), value: item as unknown }, out, `${at}[${JSON.stringify(key)}]`, depth);
    }
    return;
  }
  if (!repeated) {
    writeOne(field, value, out, at, depth);
    return;
  }
  if (!Array.isArray(value)) throw unfit(at, 'a list');
  const items = value as readonly unknown[];
  if (packed && wireOf(field) !== 2 && wireOf(field) !== 3) {
    const inner = items.map((item, index) => writeValue(field.type as Scalar | ProtoEnum, item, `${at}[${index}]`));
    const bytes = Buffer.concat(inner);
    if (items.length > 0) out.push(tag(field.number, 2), varint(BigInt(bytes.length)), bytes);
    return;
  }
  for (const [index, item] of items.entries()) writeOne(field, item, out, `${at}[${index}]`, depth);
}

/** Keys of JSON are texts. */
function keyOf(entry: ProtoMessage, key: string): unknown {
  const type = entry.byNumber.get(1)?.type;
  if (type === 'string') return key;
  if (type === 'bool') return key === 'true' ? true : key === 'false' ? false : key;
  return key;
}

function writeOne(field: ProtoField, value: unknown, out: Uint8Array[], at: string, depth: number): void {
  const { type, number } = field;
  if (typeof type === 'string' || type.kind === 'enum') {
    out.push(tag(number, wireOf(field)), writeValue(type, value, at));
    return;
  }
  const inner: Uint8Array[] = [];
  writeMessage(type, value, inner, at, depth + 1);
  if (field.delimited) {
    out.push(tag(number, 3), ...inner, tag(number, 4));
    return;
  }
  const bytes = Buffer.concat(inner);
  out.push(tag(number, 2), varint(BigInt(bytes.length)), bytes);
}

function writeValue(type: Scalar | ProtoEnum, value: unknown, at: string): Uint8Array {
  if (typeof type === 'string') return WRITE[type](value, at);
  const number = typeof value === 'string' ? type.byName.get(value) : value;
  if (typeof number !== 'number') {
    const names = [...type.byName.keys()].slice(0, 12).join(', ');
    throw new UnfitValue(`${at} must be a value of ${type.name}: ${names}.`);
  }
  return WRITE.int32(number, at);
}

const WRITE: Readonly<Record<Scalar, (value: unknown, at: string) => Uint8Array>> = {
  double: (value, at) => fixed(8, (view) => view.setFloat64(0, float(value, at), true)),
  float: (value, at) => fixed(4, (view) => view.setFloat32(0, float(value, at), true)),
  int32: (value, at) => varint(BigInt.asUintN(64, signed(value, 32, at))),
  uint32: (value, at) => varint(unsigned(value, 32, at)),
  sint32: (value, at) => varint(zigZag(signed(value, 32, at), 32)),
  fixed32: (value, at) => fixed(4, (view) => view.setUint32(0, Number(unsigned(value, 32, at)), true)),
  sfixed32: (value, at) => fixed(4, (view) => view.setInt32(0, Number(signed(value, 32, at)), true)),
  int64: (value, at) => varint(BigInt.asUintN(64, signed(value, 64, at))),
  uint64: (value, at) => varint(unsigned(value, 64, at)),
  sint64: (value, at) => varint(zigZag(signed(value, 64, at), 64)),
  fixed64: (value, at) => fixed(8, (view) => view.setBigUint64(0, unsigned(value, 64, at), true)),
  sfixed64: (value, at) => fixed(8, (view) => view.setBigInt64(0, signed(value, 64, at), true)),
  bool: (value, at) => {
    if (typeof value !== 'boolean') throw unfit(at, 'true or false');
    return varint(value ? 1n : 0n);
  },
  string: (value, at) => {
    if (typeof value !== 'string') throw unfit(at, 'a text');
    return counted(Buffer.from(value, 'utf8'));
  },
  bytes: (value, at) => {
    if (typeof value !== 'string' || base64Bytes(value) !== null) throw unfit(at, 'a text in Base64');
    return counted(Buffer.from(value, 'base64'));
  },
};

function signed(value: unknown, bits: 32 | 64, at: string): bigint {
  const whole = integer(value);
  if (whole === null || BigInt.asIntN(bits, whole) !== whole)
    throw unfit(at, `a whole number of ${bits} bits${big(bits)}`);
  return whole;
}

function unsigned(value: unknown, bits: 32 | 64, at: string): bigint {
  const whole = integer(value);
  if (whole === null || BigInt.asUintN(bits, whole) !== whole) {
    throw unfit(at, `a whole number of ${bits} bits, 0 or more${big(bits)}`);
  }
  return whole;
}

function big(bits: number): string {
  return bits === 64 ? ', beyond 2^53 as a text' : '';
}

function integer(value: unknown): bigint | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : null;
  return typeof value === 'string' && /^-?\d{1,20}$/.test(value) ? BigInt(value) : null;
}

function float(value: unknown, at: string): number {
  if (typeof value === 'number') return value;
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
  throw unfit(at, 'a number, "NaN", "Infinity" or "-Infinity"');
}

function zigZag(value: bigint, bits: number): bigint {
  return BigInt.asUintN(bits, (value << 1n) ^ (value >> BigInt(bits - 1)));
}

function unfit(at: string, wanted: string): UnfitValue {
  return new UnfitValue(`${at} must be ${wanted}.`);
}

function tag(field: number, wire: number): Uint8Array {
  return varint(BigInt(field) * 8n + BigInt(wire));
}

function counted(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([varint(BigInt(bytes.length)), bytes]);
}

function fixed(length: number, write: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(length);
  write(new DataView(bytes.buffer));
  return bytes;
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let left = value;
  for (; left > 0x7fn; left >>= 7n) bytes.push(Number(left & 0x7fn) | 0x80);
  bytes.push(Number(left));
  return Uint8Array.from(bytes);
}
