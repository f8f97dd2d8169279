import { decodeMessage } from './decodeMessage.js';
import { plainField, ProtoTexts } from './protoText.js';
import {
  addField,
  newEnum,
  newMessage,
  type ProtoEnum,
  type ProtoField,
  type ProtoMessage,
  type ProtoSchema,
  type Scalar,
} from './schema.js';

/** As much of https://github.com/protocolbuffers/protobuf/blob/main/src/google/protobuf/descriptor.proto as is read. */
const DESCRIPTORS = `
syntax = "proto2";
message FileDescriptorSet { repeated File file = 1; }
message File {
  optional string name = 1; optional string package = 2; repeated Message message_type = 4; repeated Enum enum_type = 5;
  repeated bytes service = 6; repeated Field extension = 7; optional Options options = 8; optional bytes source_code_info = 9;
  optional string syntax = 12; optional int32 edition = 14;
}
message Message {
  optional string name = 1; repeated Field field = 2; repeated Message nested_type = 3; repeated Enum enum_type = 4;
  repeated Field extension = 6; optional Options options = 7;
}
message Field {
  optional string name = 1; optional string extendee = 2; optional int32 number = 3; optional int32 label = 4;
  optional int32 type = 5; optional string type_name = 6; optional Options options = 8; optional string json_name = 10;
}
message Enum { optional string name = 1; repeated EnumValue value = 2; }
message EnumValue { optional string name = 1; optional int32 number = 2; }
message Options { optional bool packed = 2; optional bool map_entry = 7; optional bytes features_50 = 50; optional bytes features_21 = 21; optional bytes features_12 = 12; }
message Features { optional int32 repeated_field_encoding = 3; optional int32 message_encoding = 5; }
`;

/** FieldDescriptorProto.Type from 1 on; null: a group, a message, an enumeration. */
const TYPES: readonly (Scalar | null)[] = [
  'double',
  'float',
  'int64',
  'uint64',
  'int32',
  'fixed64',
  'fixed32',
  'bool',
  'string',
  null,
  null,
  'bytes',
  'uint32',
  null,
  'sfixed32',
  'sfixed64',
  'sint32',
  'sint64',
];
const GROUP = 10;
const REPEATED = 3;

interface Options {
  readonly packed?: boolean;
  readonly mapEntry?: boolean;
  readonly features50?: string;
  readonly features21?: string;
  readonly features12?: string;
}

interface FieldDescriptor {
  readonly name?: string;
  readonly extendee?: string;
  readonly number?: number;
  readonly label?: number;
  readonly type?: number;
  readonly typeName?: string;
  readonly jsonName?: string;
  readonly options?: Options;
}

interface EnumDescriptor {
  readonly name?: string;
  readonly value?: readonly { readonly name?: string; readonly number?: number }[];
}

interface MessageDescriptor {
  readonly name?: string;
  readonly field?: readonly FieldDescriptor[];
  readonly nestedType?: readonly MessageDescriptor[];
  readonly enumType?: readonly EnumDescriptor[];
  readonly extension?: readonly FieldDescriptor[];
  readonly options?: Options;
}

interface FileDescriptor extends Omit<MessageDescriptor, 'field' | 'nestedType'> {
  readonly package?: string;
  readonly messageType?: readonly MessageDescriptor[];
  readonly syntax?: string;
  readonly edition?: number;
}

/** How repeated numbers and messages lie on the wire where nothing nearer says so. */
interface Encoding {
  readonly packed: boolean;
  readonly delimited: boolean;
}

const describing = (() => {
  let known: ProtoSchema | null = null;
  return (name: string): ProtoMessage => {
    if (!known) {
      const texts = new ProtoTexts();
      texts.add({ name: 'descriptor.proto', text: DESCRIPTORS });
      known = texts.schema();
    }
    const message = known.get(name);
    if (!message) throw new Error(`no ${name}`);
    return message;
  };
})();

/** The messages of a FileDescriptorSet, as `protoc --descriptor_set_out` writes it. Throws where it is none. */
export function descriptorSchema(bytes: Uint8Array): ProtoSchema {
  const { file = [] } = decodeMessage(describing('FileDescriptorSet'), bytes) as { file?: readonly FileDescriptor[] };
  const set = new DescriptorSet();
  for (const each of file) set.declare(each);
  return set.schema();
}

class DescriptorSet {
  readonly #types = new Map<string, ProtoMessage | ProtoEnum>();
  readonly #later: (() => void)[] = [];

  declare(file: FileDescriptor): void {
    const prefix = file.package ? `${file.package}.` : '';
    const isPacked = file.syntax === 'proto3' || file.edition !== undefined;
    const encoding = withFeatures({ packed: isPacked, delimited: false }, file.options?.features50);
    for (const each of file.enumType ?? []) this.#enum(each, prefix);
    for (const each of file.messageType ?? []) this.#message(each, prefix, encoding);
    this.#extensions(file.extension, prefix, encoding);
  }

  schema(): ProtoSchema {
    for (const work of this.#later) work();
    const messages = [...this.#types.values()].filter((type) => type.kind === 'message');
    return new Map(messages.map((message) => [message.name, message]));
  }

  #message(descriptor: MessageDescriptor, prefix: string, outer: Encoding): void {
    const name = `${prefix}${descriptor.name ?? ''}`;
    const message = newMessage(name, descriptor.options?.mapEntry === true);
    const encoding = withFeatures(outer, descriptor.options?.features12);
    this.#types.set(name, message);
    for (const each of descriptor.enumType ?? []) this.#enum(each, `${name}.`);
    for (const each of descriptor.nestedType ?? []) this.#message(each, `${name}.`, encoding);
    this.#extensions(descriptor.extension, `${name}.`, encoding);
    this.#later.push(() => {
      for (const each of descriptor.field ?? []) addField(message, this.#field(each, each.name ?? '', encoding));
    });
  }

  #extensions(fields: readonly FieldDescriptor[] | undefined, prefix: string, encoding: Encoding): void {
    this.#later.push(() => {
      for (const each of fields ?? []) {
        const extended = this.#typeNamed(each.extendee);
        const name = `[${prefix}${each.name ?? ''}]`;
        if (extended.kind === 'message') addField(extended, { ...this.#field(each, name, encoding), jsonName: name });
      }
    });
  }

  #enum({ name = '', value = [] }: EnumDescriptor, prefix: string): void {
    const values = value.map((each) => [each.name ?? '', each.number ?? 0] as const);
    this.#types.set(`${prefix}${name}`, newEnum(`${prefix}${name}`, values));
  }

  #field(descriptor: FieldDescriptor, name: string, outer: Encoding): ProtoField {
    const { number = 0, label, type: code = 0, typeName, jsonName = name, options } = descriptor;
    const { packed, delimited } = withFeatures(outer, options?.features21);
    const type = TYPES[code - 1] ?? this.#typeNamed(typeName);
    const isMessage = typeof type !== 'string' && type.kind === 'message' && !type.isMapEntry;
    return {
      ...plainField(name, number, type),
      jsonName,
      repeated: label === REPEATED,
      packed: options?.packed ?? packed,
      delimited: code === GROUP || (isMessage && delimited),
    };
  }

  #typeNamed(name = ''): ProtoMessage | ProtoEnum {
    const found = this.#types.get(name.replace(/^\./, ''));
    if (!found) throw new Error(`the type ${name} is not in the set: write it with --include_imports`);
    return found;
  }
}

/** https://protobuf.dev/editions/features/ */
function withFeatures(outer: Encoding, base64: string | undefined): Encoding {
  if (base64 === undefined) return outer;
  const features = decodeMessage(describing('Features'), Buffer.from(base64, 'base64')) as {
    readonly repeatedFieldEncoding?: number;
    readonly messageEncoding?: number;
  };
  const { repeatedFieldEncoding: repeated, messageEncoding: message } = features;
  return {
    packed: repeated === undefined ? outer.packed : repeated === 1,
    delimited: message === undefined ? outer.delimited : message === 2,
  };
}
