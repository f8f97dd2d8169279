import { isUtf8 } from 'node:buffer';
import { readRaw } from './rawFields.js';
import { NotProtobuf, Reader } from './reader.js';
import { MAX_DEPTH, type ProtoField, type ProtoMessage, type Scalar, wireOf } from './schema.js';

type Values = Map<string, unknown>;

/** What a field may lie in beside its own wire type, for writers and readers may disagree about packing. */
const LENGTH_DELIMITED = 2;
const END_OF_GROUP = 4;

/**
 * A message as JSON, by protobuf's own mapping: names in lower camel case, enumerations by name, 64-bit integers as decimal
 * texts, bytes as Base64. What was not sent is absent; fields that the schema does not know stand in `$unknown`. Throws `NotProtobuf`.
 */
export function decodeMessage(type: ProtoMessage, bytes: Uint8Array): unknown {
  return plain(readMessage(type, new Reader(bytes), null, new Map(), 0));
}

function readMessage(type: ProtoMessage, reader: Reader, ends: number | null, values: Values, depth: number): Values {
  if (depth > MAX_DEPTH) throw new NotProtobuf('nested too deeply');
  while (!reader.isAtEnd) {
    const [number, wire] = reader.tag();
    if (wire === END_OF_GROUP && number === ends) return values;
    const field = type.byNumber.get(number);
    const isPacked = field?.repeated === true && wire === LENGTH_DELIMITED && wireOf(field) !== LENGTH_DELIMITED;
    if (field && isPacked && wireOf(field) !== 3) readPacked(field, reader.lengthDelimited(), values);
    else if (field && wire === wireOf(field)) readField(field, reader, values, depth);
    else keep(values, '$unknown', readRaw(reader, number, wire));
  }
  if (ends !== null) throw new NotProtobuf('a group without an end');
  return values;
}

function readField(field: ProtoField, reader: Reader, values: Values, depth: number): void {
  const { type, jsonName, repeated, delimited, number } = field;
  if (typeof type === 'string' || type.kind === 'enum') {
    const value = readValue(field, reader);
    if (repeated) keep(values, jsonName, value);
    else values.set(jsonName, value);
    return;
  }
  const inner = delimited ? reader : new Reader(reader.lengthDelimited());
  const before = repeated ? undefined : values.get(jsonName);
  // A message that comes twice is one in two parts.
  const begun: Values = before instanceof Map ? (before as Values) : new Map<string, unknown>();
  const value = readMessage(type, inner, delimited ? number : null, begun, depth + 1);
  if (type.isMapEntry) addEntry(type, values, jsonName, value);
  else if (repeated) keep(values, jsonName, value);
  else values.set(jsonName, value);
}

function addEntry(entry: ProtoMessage, values: Values, name: string, given: Values): void {
  const map = values.get(name) instanceof Map ? (values.get(name) as Values) : new Map<string, unknown>();
  const [key, value] = [entry.byNumber.get(1), entry.byNumber.get(2)];
  map.set(String(given.get('key') ?? absent(key)), given.get('value') ?? absent(value));
  values.set(name, map);
}

/** What the key or the value of a map's entry is where it was left out. */
function absent(field: ProtoField | undefined): unknown {
  const type = field?.type ?? 'string';
  if (typeof type !== 'string') return type.kind === 'message' ? new Map() : (type.byNumber.get(0) ?? 0);
  if (type === 'string' || type === 'bytes') return '';
  if (type === 'bool') return false;
  return type.endsWith('64') ? '0' : 0;
}

function readPacked(field: ProtoField, bytes: Uint8Array, values: Values): void {
  const reader = new Reader(bytes);
  if (reader.isAtEnd) values.set(field.jsonName, values.get(field.jsonName) ?? []);
  while (!reader.isAtEnd) keep(values, field.jsonName, readValue(field, reader));
}

function readValue({ type }: ProtoField, reader: Reader): unknown {
  if (typeof type === 'string') return READ[type](reader);
  if (type.kind === 'message') throw new NotProtobuf('a message where a value is');
  const number = Number(BigInt.asIntN(32, reader.varint()));
  return type.byNumber.get(number) ?? number;
}

const READ: Readonly<Record<Scalar, (reader: Reader) => unknown>> = {
  double: (reader) => numberOf(reader.fixed64().getFloat64(0, true)),
  float: (reader) => numberOf(shortest(reader.fixed32().getFloat32(0, true))),
  int32: (reader) => Number(BigInt.asIntN(32, reader.varint())),
  uint32: (reader) => Number(BigInt.asUintN(32, reader.varint())),
  sint32: (reader) => Number(BigInt.asIntN(32, zigZag(BigInt.asUintN(32, reader.varint())))),
  fixed32: (reader) => reader.fixed32().getUint32(0, true),
  sfixed32: (reader) => reader.fixed32().getInt32(0, true),
  int64: (reader) => String(BigInt.asIntN(64, reader.varint())),
  uint64: (reader) => String(reader.varint()),
  sint64: (reader) => String(BigInt.asIntN(64, zigZag(reader.varint()))),
  fixed64: (reader) => String(reader.fixed64().getBigUint64(0, true)),
  sfixed64: (reader) => String(reader.fixed64().getBigInt64(0, true)),
  bool: (reader) => reader.varint() !== 0n,
  string: (reader) => {
    const bytes = reader.lengthDelimited();
    if (!isUtf8(bytes)) throw new NotProtobuf('a string that is no UTF-8');
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  },
  bytes: (reader) => Buffer.from(reader.lengthDelimited()).toString('base64'),
};

function zigZag(value: bigint): bigint {
  return (value >> 1n) ^ -(value & 1n);
}

/** JSON has no word for these. */
function numberOf(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

/** The shortest decimal that is the same float: 0.1, not 0.10000000149011612. */
function shortest(value: number): number {
  for (let digits = 6; digits < 10; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

function keep(values: Values, name: string, value: unknown): void {
  const list = values.get(name);
  if (Array.isArray(list)) list.push(value);
  else values.set(name, [value]);
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!(value instanceof Map)) return value;
  return Object.fromEntries([...value].map(([key, item]: [string, unknown]) => [key, plain(item)]));
}
