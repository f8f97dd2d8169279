import type { JsonSchema } from '../base/recordSchema.js';
import { boundsOf, type Contract, type ContractType, type Field, type Shape } from './contract.js';

/** A contract as a JSON Schema (draft 2020-12): a message is one of the types, each of which stands in `$defs` by its name. */
export function contractJsonSchema({ types }: Contract): JsonSchema {
  const defs = types.map((type) => [`${type.direction} ${type.name}`, typeSchema(type)] as const);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Messages',
    anyOf: defs.map(([name]) => ({ $ref: `#/$defs/${pointerPart(name)}` })),
    $defs: Object.fromEntries(defs),
  };
}

function typeSchema({ count, direction, name, path, shape }: ContractType): JsonSchema {
  const schema = shapeSchema(shape);
  const told = { title: `${name}, ${direction}`, description: `Seen ${count} times.`, ...schema };
  const member = path === null ? null : memberOf(path);
  const properties = schema['properties'] as Record<string, JsonSchema> | undefined;
  if (member === null || properties === undefined || !Object.hasOwn(properties, member)) return told;
  const value = shape.fields?.[member]?.types.includes('integer') === true ? Number(name) : name;
  return { ...told, properties: Object.fromEntries([...Object.entries(properties), [member, { const: value }]]) };
}

/** The member that a path of a type names; null: it is an element. */
function memberOf(path: string): string | null {
  return /^\$\.(\w+)$/.exec(path)?.[1] ?? /^\$\[['"](.+)['"]\]$/.exec(path)?.[1] ?? null;
}

function shapeSchema(shape: Shape): JsonSchema {
  const { elements, fields, items, others, types, values } = shape;
  if (types.length === 0) return {};
  const bounds = boundsOf(shape);
  const [only, ...more] = types;
  return {
    type: more.length === 0 ? only : [...types],
    ...(values === undefined || types.some((type) => type !== 'string') ? {} : { enum: [...values] }),
    ...(bounds === null ? {} : { minimum: bounds.min, maximum: bounds.max }),
    ...(fields === undefined ? {} : objectSchema(fields, others)),
    ...(elements === undefined ? {} : { prefixItems: elements.map(shapeSchema) }),
    ...(items === undefined ? {} : { items: shapeSchema(items) }),
  };
}

function objectSchema(fields: Readonly<Record<string, Field>>, others: Shape | undefined): JsonSchema {
  const entries = Object.entries(fields);
  const schemas = entries.map(([name, field]) => [name, shapeSchema(field)] as const);
  // Judges that ask for `name in object` find the methods of every object: a pattern asks for the members alone.
  const inherited = schemas.filter(([name]) => name in {}).map(([name, schema]) => [`^${name}$`, schema] as const);
  return {
    properties: Object.fromEntries(schemas.filter(([name]) => !(name in {}))),
    ...(inherited.length === 0 ? {} : { patternProperties: Object.fromEntries(inherited) }),
    required: entries.filter(([, { required }]) => required).map(([name]) => name),
    additionalProperties: others === undefined ? false : shapeSchema(others),
  };
}

/** A name as a part of a JSON pointer within a URI fragment. */
function pointerPart(name: string): string {
  return encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'));
}
