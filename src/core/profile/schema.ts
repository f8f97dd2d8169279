import type { TextRule } from './checks.js';
import { PROFILE_SPEC } from './keys.js';
import { matchPartSpec, matchSpec } from './messageKeys.js';
import { payloadSpec } from './payloadKeys.js';
import { CHECK_SHAPES, type JsonSchema, RULE_SHAPES } from './schemaShapes.js';
import { MAX_ENTRIES, type ObjectSpec, type Spec } from './spec.js';
import { closeCodes, stepSpec } from './stepKeys.js';
import { type KeyWords, PROFILE_WORDS } from './words.js';

const DEFINITIONS: ReadonlyMap<Spec, string> = new Map<Spec, string>([
  [payloadSpec, 'payload'],
  [matchSpec, 'match'],
  [matchPartSpec, 'match'],
  [stepSpec, 'step'],
  [closeCodes, 'closeCodes'],
]);

/** The JSON schema of profiles (draft 7, with the words of VS Code), made from the keys. Throws for a key without words. */
export function profileSchema(): JsonSchema {
  const silent = new Set(Object.keys(PROFILE_WORDS));
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'wsprobe profile',
    ...withWords('', shapeOf(PROFILE_SPEC, '', silent), silent),
    allowComments: true,
    allowTrailingCommas: true,
    anyOf: [{ required: ['url'] }, { required: ['environments'] }],
    definitions: Object.fromEntries(
      [...DEFINITIONS].map(([spec, name]) => {
        const path = `#${name}`;
        return [name, withWords(path, ownShape(spec, path, silent), silent)];
      }),
    ),
  };
  if (silent.size > 0) throw new Error(`words without a key: ${[...silent].join(', ')}`);
  return schema;
}

/** The same for an editor that completes and explains by it and lets `checkProfile` judge: under `if` a schema reports nothing. */
export function editorSchema(): JsonSchema {
  const { $schema, title, allowComments, allowTrailingCommas, definitions, ...profile } = profileSchema();
  const { defaultSnippets } = profile;
  const whole = { $schema, title, allowComments, allowTrailingCommas, defaultSnippets };
  const moved = JSON.stringify({ ...(definitions as JsonSchema), profile });
  const inside: unknown = JSON.parse(moved.replaceAll('"#/properties/', '"#/definitions/profile/properties/'));
  return { ...whole, if: { $ref: '#/definitions/profile' }, else: true, definitions: inside };
}

/** Paths whose words were not asked for yet. */
type Silent = Set<string>;

function schemaOf(spec: Spec, path: string, silent: Silent): JsonSchema {
  return withWords(path, shapeOf(spec, path, silent), silent);
}

function withWords(path: string, shape: JsonSchema, silent: Silent): JsonSchema {
  const found = Object.hasOwn(PROFILE_WORDS, path) ? PROFILE_WORDS[path] : undefined;
  silent.delete(path);
  if (found === undefined) return shape;
  const { text, standard, examples, snippets, patternError }: KeyWords =
    typeof found === 'string' ? { text: found } : found;
  return {
    ...(text === undefined ? {} : { markdownDescription: text }),
    // Beside a `$ref` nothing else is read.
    ...('$ref' in shape ? { allOf: [shape] } : shape),
    ...(standard === undefined ? {} : { default: standard }),
    ...(examples === undefined ? {} : { examples }),
    ...(patternError === undefined ? {} : { patternErrorMessage: patternError }),
    ...(snippets === undefined ? {} : { defaultSnippets: snippets }),
  };
}

function shapeOf(spec: Spec, path: string, silent: Silent): JsonSchema {
  const name = DEFINITIONS.get(spec);
  return name === undefined ? ownShape(spec, path, silent) : { $ref: `#/definitions/${name}` };
}

function ownShape(spec: Spec, path: string, silent: Silent): JsonSchema {
  const checked = spec.check === undefined ? {} : CHECK_SHAPES.get(spec.check);
  return { ...plainShape(spec, path, silent), ...checked };
}

function plainShape(spec: Spec, path: string, silent: Silent): JsonSchema {
  switch (spec.kind) {
    case 'any':
      return {};
    case 'boolean':
    case 'null':
      return { type: spec.kind };
    case 'text':
      if (spec.values) return spec.values.length === 1 ? { const: spec.values[0] } : { enum: spec.values };
      return { type: 'string', ...(spec.rule ? ruleShape(spec.rule) : {}) };
    case 'number':
      if (spec.values) return { enum: spec.values };
      return { type: spec.fraction ? 'number' : 'integer', minimum: spec.min, maximum: spec.max };
    case 'list':
      return {
        type: 'array',
        ...(spec.min === undefined ? {} : { minItems: spec.min }),
        ...(spec.max === undefined ? {} : { maxItems: spec.max }),
        ...(spec.unique === undefined ? {} : { uniqueItems: true }),
        items: schemaOf(spec.item, `${path}[]`, silent),
      };
    case 'map':
      return {
        type: 'object',
        maxProperties: spec.max ?? MAX_ENTRIES,
        propertyNames: ruleShape(spec.nameRule),
        additionalProperties: schemaOf(spec.value, `${path}.*`, silent),
      };
    case 'object':
      return objectShape(spec, path, silent);
    case 'tagged':
      return {
        oneOf: Object.entries(spec.variants).map(([name, variant]) => {
          const tag: Spec = { kind: 'text', values: [name] };
          const tagged = { ...variant, keys: { ...variant.keys, [spec.tag]: tag } };
          const required = [spec.tag, ...(variant.required ?? [])];
          return schemaOf({ ...tagged, required }, `${path}:${name}`, silent);
        }),
      };
    case 'union':
      return unionShape(
        Object.values(spec.by).map((each) => shapeOf(each, path, silent)),
        'null' in spec.by,
      );
  }
}

function objectShape(spec: ObjectSpec, path: string, silent: Silent): JsonSchema {
  const { keys, oneOf, required } = spec;
  const entries = Object.entries(keys).map(([name, key]) => {
    if (keys !== PROFILE_SPEC.keys && PROFILE_SPEC.keys[name] === key) return [name, { $ref: `#/properties/${name}` }];
    const described = schemaOf(key, path === '' ? name : `${path}.${name}`, silent);
    if (!('markdownDescription' in described || '$ref' in described)) throw new Error(`no words for ${path}.${name}`);
    return [name, described];
  });
  return {
    type: 'object',
    additionalProperties: false,
    ...(required === undefined ? {} : { required }),
    ...(oneOf === undefined ? {} : oneOfShape(oneOf, Object.keys(keys).length)),
    properties: Object.fromEntries(entries) as JsonSchema,
  };
}

function oneOfShape(names: readonly string[], keys: number): JsonSchema {
  if (names.length === keys) return { minProperties: 1, maxProperties: 1 };
  return { oneOf: names.map((name) => ({ required: [name] })) };
}

function unionShape(shapes: readonly JsonSchema[], orNull: boolean): JsonSchema {
  const [first, ...rest] = shapes.filter(({ type }) => type !== 'null');
  if (!orNull || first === undefined || rest.length > 0) return { oneOf: shapes };
  return { ...first, type: [first['type'], 'null'] };
}

function ruleShape(rule: TextRule): JsonSchema {
  const shape = RULE_SHAPES.get(rule);
  if (shape === undefined) throw new Error(`no shape for the rule ${rule.name}`);
  return shape;
}
