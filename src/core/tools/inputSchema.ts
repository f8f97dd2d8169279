/** A JSON Schema, as far as the inputs of tools use it. */
export type InputSchema = Described & (TextSchema | IntegerSchema | ListSchema | RecordSchema | AnySchema);

interface Described {
  readonly description?: string;
}

interface TextSchema {
  readonly type: 'string';
  readonly maxLength: number;
}

interface IntegerSchema {
  readonly type: 'integer';
  readonly minimum: number;
  readonly maximum: number;
}

interface ListSchema {
  readonly type: 'array';
  readonly items: InputSchema;
  readonly maxItems: number;
}

/** Keys that nobody has named, each of one kind. */
interface RecordSchema {
  readonly type: 'object';
  readonly additionalProperties: InputSchema;
  readonly maxProperties: number;
}

/** Any JSON value. */
interface AnySchema {
  readonly type?: undefined;
}

/** The input of a tool: named keys and no others. */
export interface ToolSchema {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, InputSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties: false;
}

/** What is wrong with a value, as one sentence; null: nothing. `place` is how the value is called. */
function whyNot(value: unknown, schema: InputSchema, place: string): string | null {
  switch (schema.type) {
    case undefined:
      return null;
    case 'string':
      if (typeof value !== 'string') return `${place} must be a text, not ${kindOf(value)}.`;
      return value.length > schema.maxLength ? `${place} is longer than ${schema.maxLength} characters.` : null;
    case 'integer':
      if (typeof value !== 'number' || !Number.isInteger(value))
        return `${place} must be a whole number, not ${kindOf(value)}.`;
      if (value >= schema.minimum && value <= schema.maximum) return null;
      return `${place} must be from ${schema.minimum} to ${schema.maximum}.`;
    case 'array':
      return whyNotList(value, schema, place);
    case 'object':
      return whyNotRecord(value, schema, place);
  }
}

function whyNotList(value: unknown, { items, maxItems }: ListSchema, place: string): string | null {
  if (!Array.isArray(value)) return `${place} must be a list, not ${kindOf(value)}.`;
  if (value.length > maxItems) return `${place} has more than ${maxItems} entries.`;
  return firstOf(value.map((item, index) => () => whyNot(item, items, `${place}[${index}]`)));
}

function whyNotRecord(value: unknown, schema: RecordSchema, place: string): string | null {
  if (!isRecord(value)) return `${place} must be an object, not ${kindOf(value)}.`;
  const entries = Object.entries(value);
  if (entries.length > schema.maxProperties) return `${place} has more than ${schema.maxProperties} entries.`;
  return firstOf(
    entries.map(
      ([key, item]) =>
        () =>
          whyNot(item, schema.additionalProperties, `${place}[${quoted(key)}]`),
    ),
  );
}

/** The same for a whole input. */
export function whyNotInput(input: unknown, { properties, required = [] }: ToolSchema): string | null {
  if (!isRecord(input)) return `The input must be an object, not ${kindOf(input)}.`;
  const unknown = Object.keys(input).find((key) => !Object.hasOwn(properties, key));
  if (unknown !== undefined)
    return `There is no ${quoted(unknown)}: this tool takes ${Object.keys(properties).join(', ')}.`;
  const missing = required.find((key) => input[key] === undefined);
  if (missing !== undefined) return `${missing} is missing.`;
  return firstOf(
    Object.entries(properties).map(([key, schema]) => () => {
      const value = input[key];
      return value === undefined ? null : whyNot(value, schema, key);
    }),
  );
}

function firstOf(checks: readonly (() => string | null)[]): string | null {
  for (const check of checks) {
    const wrong = check();
    if (wrong !== null) return wrong;
  }
  return null;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return (
    { string: 'a text', number: 'a number', boolean: 'true or false', object: 'an object' }[typeof value as string] ??
    'that'
  );
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 59)}…` : text);
}
