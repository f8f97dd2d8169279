import * as rule from './checks.js';
import { jsonSchemaError } from '../base/jsonSchema.js';
import { type JsonNode, memberOf, toValue } from './jsonc.js';
import { quote, type Report } from './problems.js';
import type { ObjectSpec, Spec } from './spec.js';

/** A JSON Schema, or the path of one. */
const jsonSchemaSpec: Spec = {
  kind: 'union',
  expected: 'a JSON Schema or the path of one',
  by: {
    string: { kind: 'text', rule: rule.filePath },
    object: { kind: 'any', check: checkSchema },
    boolean: { kind: 'boolean' },
  },
};

const bound: Spec = {
  kind: 'union',
  expected: 'a number or a text',
  by: {
    number: { kind: 'number', min: -Number.MAX_VALUE, max: Number.MAX_VALUE, fraction: true },
    string: { kind: 'text' },
  },
};

const matchKeys: Readonly<Record<string, Spec>> = {
  equals: { kind: 'any' },
  contains: { kind: 'text' },
  matches: { kind: 'text', rule: rule.regularExpression },
  jsonPath: { kind: 'text', rule: rule.jsonPath },
  exists: { kind: 'boolean' },
  gt: bound,
  ge: bound,
  lt: bound,
  le: bound,
  type: { kind: 'text', values: ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'] },
  length: { kind: 'number', min: 0, max: Number.MAX_SAFE_INTEGER },
  binary: { kind: 'text', rule: rule.hexBytes },
  schema: jsonSchemaSpec,
  // A match holds matches: they are made when they are asked for.
  get all(): Spec {
    return matchParts;
  },
  get any(): Spec {
    return matchParts;
  },
  get not(): Spec {
    return matchPartSpec;
  },
  in: { kind: 'text', values: ['decoded'] },
  kind: { kind: 'text', values: ['text', 'binary'] },
};

/** What a message must look like. */
export const matchSpec: ObjectSpec = { kind: 'object', check: checkMatch, keys: matchKeys };

/** A match inside another one. */
export const matchPartSpec: ObjectSpec = { kind: 'object', check: checkMatchKeys, keys: matchKeys };

/** How many matches one match or step may hold, side by side. */
const MAX_MATCHES = 100;

const matchParts: Spec = { kind: 'list', item: matchPartSpec, min: 1, max: MAX_MATCHES };

/** A list of matches, each of which stands for a message of its own. */
export const matchList: Spec = { kind: 'list', item: matchSpec, min: 1, max: MAX_MATCHES };

const KINDS = ['equals', 'contains', 'matches', 'jsonPath', 'binary', 'schema', 'all', 'any', 'not'];
const WITH_PATH = ['equals', 'matches', 'exists', 'gt', 'ge', 'lt', 'le', 'type', 'length', 'schema'];
const BESIDE = ['in', 'kind'];

export function checkMatch(node: JsonNode, report: Report, where: string): void {
  checkMatchKeys(node, report, where);
  checkComparedTexts(node, report, where);
}

export function checkMatchKeys(node: JsonNode, report: Report, where: string): void {
  if (node.type !== 'object') return;
  const start = { offset: node.offset, length: 1 };
  const present = node.members.filter(({ key }) => key.name !== 'jsonPath' && !BESIDE.includes(key.name));
  if (memberOf(node, 'jsonPath')) {
    const stray = present.find(({ key }) => !WITH_PATH.includes(key.name));
    if (stray) report('invalid-value', stray.key, `${quote(stray.key.name)} does not go with \`jsonPath\`.`);
    else if (present.length !== 1) {
      const names = WITH_PATH.map(quote).join(', ');
      report(
        'invalid-value',
        present[1]?.key ?? start,
        `${quote(where)}: \`jsonPath\` goes with exactly one of ${names}.`,
      );
    }
    return;
  }
  const [only] = present;
  if (!only || present.length !== 1) {
    const names = KINDS.map(quote).join(', ');
    report('invalid-value', present[1]?.key ?? start, `${quote(where)} must have exactly one of ${names}.`);
  } else if (!KINDS.includes(only.key.name)) {
    report('invalid-value', only.key, `${quote(only.key.name)} goes with \`jsonPath\`.`);
  }
}

/** A whole message is a text; only what is decoded, or selected, is compared with any JSON. */
function checkComparedTexts(node: JsonNode, report: Report, where: string): void {
  if (node.type !== 'object' || memberOf(node, 'in') || memberOf(node, 'jsonPath')) return;
  for (const { key, value } of node.members) {
    const at = `${where}.${key.name}`;
    if (key.name === 'equals' && value.type !== 'string') {
      report('wrong-type', value, `${quote(at)} must be a text (any JSON with \`jsonPath\`).`);
    } else if (key.name === 'not') checkComparedTexts(value, report, at);
    else if ((key.name === 'all' || key.name === 'any') && value.type === 'array') {
      for (const [index, item] of value.items.entries()) checkComparedTexts(item, report, `${at}[${index}]`);
    }
  }
}

function checkSchema(node: JsonNode, report: Report, where: string): void {
  if (holdsOpenText(node)) return;
  const wrong = jsonSchemaError(toValue(node));
  if (wrong !== null) report('invalid-value', node, `${quote(where)} is no JSON Schema to judge by: ${wrong}.`);
}

/** A text whose variables are not filled in yet. */
function holdsOpenText(node: JsonNode): boolean {
  if (node.type === 'string') return node.open === true;
  if (node.type === 'array') return node.items.some(holdsOpenText);
  return node.type === 'object' && node.members.some(({ value }) => holdsOpenText(value));
}
