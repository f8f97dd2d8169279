const MAX_DEPTH = 20;

type Schema = Readonly<Record<string, unknown>>;

/** A value that a JSON Schema is likely to take: of its constants, examples, defaults and types. Undefined: none is told. */
export function exampleOfSchema(schema: unknown, depth = 0): unknown {
  if (schema === true) return {};
  if (typeof schema !== 'object' || schema === null || depth > MAX_DEPTH) return undefined;
  const told = schema as Schema;
  if (Object.hasOwn(told, 'const')) return told['const'];
  for (const list of [told['enum'], told['examples']])
    if (Array.isArray(list) && list.length > 0) return list[0] as unknown;
  if (Object.hasOwn(told, 'default')) return told['default'];
  for (const list of [told['anyOf'], told['oneOf'], told['allOf']])
    if (Array.isArray(list)) return exampleOfSchema(list[0], depth + 1);
  const [type] = [told['type']].flat();
  return ofType(typeof type === 'string' ? type : 'properties' in told ? 'object' : '', told, depth);
}

function ofType(type: string, schema: Schema, depth: number): unknown {
  switch (type) {
    case 'object': {
      const properties = (schema['properties'] ?? {}) as Schema;
      const required = Array.isArray(schema['required']) ? (schema['required'] as unknown[]) : [];
      const names = required.filter((name): name is string => typeof name === 'string');
      return Object.fromEntries(
        names.map((name) => [
          name,
          Object.hasOwn(properties, name) ? (exampleOfSchema(properties[name], depth + 1) ?? null) : null,
        ]),
      );
    }
    case 'array':
      return countOf(schema['minItems']) > 0
        ? Array.from({ length: countOf(schema['minItems']) }, () => exampleOfSchema(schema['items'], depth + 1) ?? null)
        : [];
    case 'string':
      return 'x'.repeat(countOf(schema['minLength']));
    case 'integer':
    case 'number':
      return numberOf(schema);
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return undefined;
  }
}

function countOf(value: unknown): number {
  return typeof value === 'number' ? Math.min(Math.max(0, Math.ceil(value)), 1_000) : 0;
}

function numberOf({ exclusiveMinimum, maximum, minimum }: Schema): number {
  if (typeof minimum === 'number') return minimum;
  if (typeof exclusiveMinimum === 'number') return exclusiveMinimum + 1;
  return typeof maximum === 'number' ? Math.min(0, maximum) : 0;
}
