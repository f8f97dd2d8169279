import protobuf from 'protobufjs';
import {
  addField,
  newEnum,
  newMessage,
  type ProtoEnum,
  type ProtoField,
  type ProtoMessage,
  type ProtoSchema,
  SCALARS,
} from './schema.js';

/** The text of a `.proto` file, by its name for people. Throws what is wrong with it. */
export type ProtoSource = { readonly name: string; readonly text: string };

/**
 * Collects `.proto` files and tells their messages. Only the parser of protobufjs and its resolving of names are used: what
 * it encodes and decodes with is code that it makes up.
 */
export class ProtoTexts {
  readonly #root = new protobuf.Root();

  /** Takes in one file and gives its imports. Throws an Error that names the line. */
  add({ name, text }: ProtoSource): readonly string[] {
    (protobuf.parse as { filename?: string }).filename = name;
    const { imports, weakImports } = protobuf.parse(text, this.#root, { keepCase: true });
    return [...(imports ?? []), ...(weakImports ?? [])];
  }

  /** Takes in one of the files that come with protobuf itself; false where it is none of them. */
  addWellKnown(path: string): boolean {
    const known = (protobuf.common as unknown as Record<string, { nested: Record<string, never> } | undefined>)[path];
    if (known && path.startsWith('google/protobuf/')) this.#root.addJSON(known.nested);
    return known !== undefined || path === 'google/protobuf/descriptor.proto';
  }

  /** Throws where a type is named that is nowhere. */
  schema(): ProtoSchema {
    this.#root.resolveAll();
    return new Collector().collect(this.#root);
  }
}

type Nested = protobuf.ReflectionObject;

class Collector {
  readonly #messages = new Map<Nested, ProtoMessage>();
  readonly #enums = new Map<Nested, ProtoEnum>();

  collect(root: protobuf.Root): ProtoSchema {
    const types: protobuf.Type[] = [];
    const open: protobuf.NamespaceBase[] = [root];
    for (let next = open.pop(); next; next = open.pop()) {
      for (const each of next.nestedArray) {
        if (each instanceof protobuf.Type) types.push(each);
        if (each instanceof protobuf.Namespace) open.push(each);
      }
    }
    for (const type of types) this.#messages.set(type, newMessage(fullName(type)));
    for (const type of types) {
      const message = this.#messages.get(type);
      for (const field of type.fieldsArray) if (message) addField(message, this.#field(field, message));
    }
    return new Map([...this.#messages.values()].map((message) => [message.name, message]));
  }

  #field(field: protobuf.Field, message: ProtoMessage): ProtoField {
    const { id: number, declaringField } = field;
    const name = declaringField ? `[${fullName(declaringField)}]` : field.name;
    const jsonName = declaringField ? name : (field.jsonName ?? field.name);
    const type = this.#type(field.type, field.resolvedType);
    if (field instanceof protobuf.MapField) {
      const entry = newMessage(`${message.name}.${name}`, true);
      addField(entry, plainField('key', 1, this.#type(field.keyType, null)));
      addField(entry, plainField('value', 2, type));
      return { ...plainField(name, number, entry), jsonName, repeated: true };
    }
    const { repeated, packed, delimited } = field as protobuf.Field & { readonly delimited: boolean };
    return { name, jsonName, number, type, repeated, packed, delimited };
  }

  #type(name: string, resolved: protobuf.ReflectionObject | null): ProtoField['type'] {
    if (Object.hasOwn(SCALARS, name)) return name as keyof typeof SCALARS;
    if (resolved instanceof protobuf.Enum) {
      const made = this.#enums.get(resolved) ?? newEnum(fullName(resolved), Object.entries(resolved.values));
      this.#enums.set(resolved, made);
      return made;
    }
    const message = resolved && this.#messages.get(resolved);
    if (!message) throw new Error(`the type ${name} is not known`);
    return message;
  }
}

export function plainField(name: string, number: number, type: ProtoField['type']): ProtoField {
  return { name, jsonName: name, number, type, repeated: false, packed: false, delimited: false };
}

function fullName(object: protobuf.ReflectionObject): string {
  return object.fullName.replace(/^\./, '');
}
