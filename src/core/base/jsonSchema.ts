import { dereference, type Schema, type SchemaDraft, Validator } from '@cfworker/json-schema';
import { isDeeper } from './nesting.js';

export interface SchemaError {
  /** JSON pointer of the value, `#` for the whole. */
  readonly at: string;
  readonly message: string;
}

const MAX_ERRORS = 20;
const MAX_DEPTH = 200;
/** Keywords whose error is followed by those of the schema inside. */
const OUTER = new Set([
  '$ref',
  '$recursiveRef',
  'allOf',
  'anyOf',
  'oneOf',
  'properties',
  'items',
  'prefixItems',
  'dependentSchemas',
]);
const DRAFTS: readonly (readonly [mark: string, draft: SchemaDraft])[] = [
  ['draft-04', '4'],
  ['draft-06', '7'],
  ['draft-07', '7'],
  ['2019-09', '2019-09'],
];

/**
 * A JSON Schema of drafts 4 to 2020-12, interpreted: no code is made from it, and nothing that it refers to is fetched.
 * Throws, in words for a person, when it cannot be one. Time is not bounded here: it and its judgements run under the guard.
 */
export class JsonSchema {
  readonly #validator: Validator;

  constructor(schema: unknown) {
    if (typeof schema !== 'boolean' && !isObject(schema)) throw new Error('a JSON Schema is an object, true or false');
    if (isDeeper(schema, MAX_DEPTH)) throw new Error(`it is nested deeper than ${MAX_DEPTH} levels`);
    // The library notes absolute addresses on the objects that it is given.
    const own = structuredClone(schema) as Schema;
    const lookup = dereference(own);
    for (const each of Object.values(lookup)) if (isObject(each)) checkKeywords(each, lookup);
    this.#validator = new Validator(structuredClone(schema) as Schema, draftOf(own), false);
  }

  /** What of the value breaks the schema; empty: nothing. */
  errors(value: unknown): readonly SchemaError[] {
    const { valid, errors } = this.#validator.validate(value);
    if (valid) return [];
    // Of a keyword that only says that one inside it failed, the inner one says more.
    const inner = errors.filter(({ keyword }, index) => !(OUTER.has(keyword) && index + 1 < errors.length));
    return inner.slice(0, MAX_ERRORS).map(({ instanceLocation, error }) => ({ at: instanceLocation, message: error }));
  }
}

/** Null when a JSON Schema can be judged by, else why not. */
export function jsonSchemaError(schema: unknown): string | null {
  try {
    const made = new JsonSchema(schema);
    return made instanceof JsonSchema ? null : 'it is none';
  } catch (error) {
    return (error as Error).message.split('\n')[0] ?? '';
  }
}

function draftOf(schema: Schema): SchemaDraft {
  const named = schema.$schema ?? '';
  return DRAFTS.find(([mark]) => named.includes(mark))?.[1] ?? '2020-12';
}

function checkKeywords(schema: Readonly<Record<string, unknown>>, lookup: Readonly<Record<string, unknown>>): void {
  const { $ref, __absolute_ref__: absolute, pattern, patternProperties } = schema;
  if ($ref !== undefined && !(typeof absolute === 'string' && absolute in lookup)) {
    throw new Error(`$ref ${JSON.stringify($ref).slice(0, 80)} is not inside the schema, and nothing is fetched`);
  }
  for (const [keyword, { fits, what }] of Object.entries(SHAPES)) {
    const value = schema[keyword];
    if (value !== undefined && !fits(value)) {
      throw new Error(`${keyword} ${JSON.stringify(value).slice(0, 80)} is no ${what}`);
    }
  }
  for (const source of [pattern, ...(isObject(patternProperties) ? Object.keys(patternProperties) : [])]) {
    if (source === undefined) continue;
    if (typeof source !== 'string') throw new Error('a pattern is a text');
    RegExp(source, 'u');
  }
}

const TYPES = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'];
const isType = (value: unknown) => TYPES.some((type) => type === value);

/** What a validator takes for granted: a schema that is written otherwise would judge as nobody meant. */
const SHAPES: Readonly<Record<string, { readonly fits: (value: unknown) => boolean; readonly what: string }>> = {
  type: {
    fits: (value) => isType(value) || (Array.isArray(value) && value.every(isType)),
    what: `type: ${TYPES.join(', ')}`,
  },
  required: {
    fits: (value) => Array.isArray(value) && value.every((name) => typeof name === 'string'),
    what: 'list of names',
  },
  enum: { fits: Array.isArray, what: 'list' },
  properties: { fits: isObject, what: 'object' },
};

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
