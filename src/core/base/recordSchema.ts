/** A JSON schema (draft 7), or a part of one. */
export type RecordSchema = Readonly<Record<string, unknown>>;

/** Every key is required unless it ends with a question mark, and there are no others. */
export function recordSchema(description: string, keys: Readonly<Record<string, RecordSchema>>): RecordSchema {
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

export const nullable = (type: string): RecordSchema => ({ type: [type, 'null'] });
