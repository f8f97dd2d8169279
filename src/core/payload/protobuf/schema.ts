/** https://protobuf.dev/programming-guides/encoding/: how the scalar types lie on the wire. */
export const SCALARS = {
  double: 1,
  float: 5,
  int32: 0,
  uint32: 0,
  sint32: 0,
  fixed32: 5,
  sfixed32: 5,
  int64: 0,
  uint64: 0,
  sint64: 0,
  fixed64: 1,
  sfixed64: 1,
  bool: 0,
  string: 2,
  bytes: 2,
} as const;

export type Scalar = keyof typeof SCALARS;

export interface ProtoField {
  /** As in the `.proto` file; of an extension its full name in brackets. */
  readonly name: string;
  /** As in JSON: what a decoded value has. */
  readonly jsonName: string;
  readonly number: number;
  readonly type: Scalar | ProtoMessage | ProtoEnum;
  readonly repeated: boolean;
  readonly packed: boolean;
  /** A group: its end is marked, it has no length. */
  readonly delimited: boolean;
}

export interface ProtoMessage {
  readonly kind: 'message';
  readonly name: string;
  /** The entry of a map: its fields are 1, the key, and 2, the value. */
  readonly isMapEntry: boolean;
  readonly byNumber: Map<number, ProtoField>;
  /** By both names. */
  readonly byName: Map<string, ProtoField>;
}

export interface ProtoEnum {
  readonly kind: 'enum';
  readonly name: string;
  readonly byName: Map<string, number>;
  readonly byNumber: Map<number, string>;
}

/** The messages of a schema by their full names. */
export type ProtoSchema = ReadonlyMap<string, ProtoMessage>;

/** Messages nested deeper are refused, as by the libraries of protobuf itself. */
export const MAX_DEPTH = 100;

export function newMessage(name: string, isMapEntry = false): ProtoMessage {
  return { kind: 'message', name, isMapEntry, byNumber: new Map(), byName: new Map() };
}

export function newEnum(name: string, values: Iterable<readonly [string, number]>): ProtoEnum {
  const made: ProtoEnum = { kind: 'enum', name, byName: new Map(values), byNumber: new Map() };
  // Of names for one number the first is told.
  for (const [each, number] of made.byName) if (!made.byNumber.has(number)) made.byNumber.set(number, each);
  return made;
}

export function addField(message: ProtoMessage, field: ProtoField): void {
  message.byNumber.set(field.number, field);
  message.byName.set(field.jsonName, field);
  message.byName.set(field.name, field);
}

/** The wire type of one value of a field, packed or not. */
export function wireOf({ type, delimited }: ProtoField): number {
  if (typeof type === 'string') return SCALARS[type];
  if (type.kind === 'enum') return 0;
  return delimited ? 3 : 2;
}
