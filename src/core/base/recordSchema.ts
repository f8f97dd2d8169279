/** A JSON schema (draft 7), or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

export const count: JsonSchema = { type: 'integer', minimum: 0 };
export const milliseconds: JsonSchema = { type: 'number', minimum: 0 };

/** The same type, or null. */
export const nullable = (type: string): JsonSchema => ({ type: [type, 'null'] });

/** A record whose keys are required unless they end with a question mark, and that has no others. */
export function record(description: string, keys: Readonly<Record<string, JsonSchema>>): JsonSchema {
  const entries = Object.entries(keys).map(([key, value]) => [key.replace(/\?$/, ''), value] as const);
  const required = Object.keys(keys).filter((key) => !key.endsWith('?'));
  return {
    description,
    type: 'object',
    additionalProperties: false,
    required,
    properties: Object.fromEntries(entries),
  };
}
