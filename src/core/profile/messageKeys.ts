import * as rule from './checks.js';
import { type JsonNode, memberOf } from './jsonc.js';
import { quote, type Report } from './problems.js';
import type { ObjectSpec, Spec } from './spec.js';

/** A payload: a text, or an object with exactly one key. */
export const payloadSpec: Spec = {
  kind: 'union',
  expected: 'a text or an object with one of `text`, `json`, `hex`, `base64`, `file`',
  by: {
    string: { kind: 'text' },
    object: {
      kind: 'object',
      oneOf: ['text', 'json', 'hex', 'base64', 'file'],
      keys: {
        text: { kind: 'text' },
        json: { kind: 'any', check: warnAboutNumbers },
        hex: { kind: 'text', rule: rule.hexBytes },
        base64: { kind: 'text', rule: rule.base64Bytes },
        file: { kind: 'text', rule: rule.filePath },
      },
    },
  },
};

/** What a message must look like. */
export const matchSpec: ObjectSpec = {
  kind: 'object',
  check: checkMatch,
  keys: {
    equals: { kind: 'any' },
    contains: { kind: 'text' },
    matches: { kind: 'text', rule: rule.regularExpression },
    jsonPath: { kind: 'text', rule: rule.jsonPath },
    exists: { kind: 'boolean' },
    binary: { kind: 'text', rule: rule.hexBytes },
  },
};

const KINDS = ['equals', 'contains', 'matches', 'jsonPath', 'binary'];
const WITH_PATH = ['equals', 'matches', 'exists'];

export function checkMatch(node: JsonNode, report: Report, where: string): void {
  if (node.type !== 'object') return;
  const start = { offset: node.offset, length: 1 };
  const present = node.members.filter(({ key }) => key.name !== 'jsonPath');
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
  if (present.length !== 1) {
    const names = KINDS.map(quote).join(', ');
    report('invalid-value', present[1]?.key ?? start, `${quote(where)} must have exactly one of ${names}.`);
    return;
  }
  const only = present[0];
  if (only?.key.name === 'exists') report('invalid-value', only.key, '`exists` goes with `jsonPath`.');
  if (only?.key.name === 'equals' && only.value.type !== 'string') {
    report('wrong-type', only.value, `${quote(`${where}.equals`)} must be a text (any JSON with \`jsonPath\`).`);
  }
}

// What is written must be what is sent: a double would change it without a word.
function warnAboutNumbers(node: JsonNode, report: Report): void {
  if (node.type === 'array') for (const item of node.items) warnAboutNumbers(item, report);
  if (node.type === 'object') for (const { value } of node.members) warnAboutNumbers(value, report);
  if (node.type !== 'number') return;
  const whole = /^-?\d+$/.test(node.raw);
  const exact =
    Number.isFinite(node.value) && (!whole || (node.raw.length < 400 && BigInt(node.raw) === BigInt(node.value)));
  if (!exact) {
    const sent = JSON.stringify(node.value);
    report(
      'number-precision',
      node,
      `This number would be sent as ${sent}: use \`text\` to send it as written.`,
      'warning',
    );
  }
}
