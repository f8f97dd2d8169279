import { STEP_KINDS } from '../base/step.js';
import * as rule from './checks.js';
import type { JsonNode } from './jsonc.js';
import { matchList, matchSpec } from './messageKeys.js';
import { payloadSpec } from './payloadKeys.js';
import { quote, type Report } from './problems.js';
import type { ObjectSpec, Spec } from './spec.js';
import { variableName } from './variables.js';
import { checkCloseCodes, checkCount } from './wholeValues.js';

/** A day: longer waits are a mistake, and timers overflow beyond 2^31 ms. */
export const MAX_MS = 86_400_000;

export const ms: Spec = { kind: 'number', min: 1, max: MAX_MS };
export const msOrZero: Spec = { kind: 'number', min: 0, max: MAX_MS };

const closeCode: Spec = { kind: 'number', min: 1000, max: 4999 };
export const closeCodes: Spec = {
  kind: 'union',
  expected: 'a close code or a list of them',
  by: { number: closeCode, array: { kind: 'list', item: closeCode, min: 1 } },
};

/** DESIGN 3.2: steps of a profile in all, those of a repeat counted as often as they are run. */
export const MAX_STEPS = 10_000;
const count: Spec = { kind: 'number', min: 0, max: 1_000_000 };

/** Keys that go with one kind of step only. */
const BELONGS: Readonly<Record<string, string>> = { capture: 'expect', strict: 'expect', forMs: 'expectNone' };

/** One step of a conversation. */
export const stepSpec: ObjectSpec = {
  kind: 'object',
  oneOf: STEP_KINDS,
  check: checkStepKeys,
  keys: {
    name: { kind: 'text', rule: rule.label },
    client: { kind: 'text', rule: rule.label },
    send: payloadSpec,
    expect: matchSpec,
    expectAll: matchList,
    expectNone: matchSpec,
    expectCount: {
      kind: 'object',
      required: ['match'],
      check: checkCount,
      keys: { match: matchSpec, min: count, max: count },
    },
    repeat: {
      kind: 'object',
      required: ['times', 'steps'],
      keys: {
        times: { kind: 'number', min: 1, max: MAX_STEPS },
        // A step holds steps: they are made when they are asked for.
        get steps(): Spec {
          return { kind: 'list', item: stepSpec, min: 1 };
        },
      },
    },
    ping: { kind: 'object', keys: {} },
    wait: msOrZero,
    close: {
      kind: 'object',
      keys: { code: { ...closeCode, check: checkCloseCodes }, reason: { kind: 'text', rule: rule.closeReason } },
    },
    expectClose: { kind: 'object', keys: { code: closeCodes, reason: matchSpec } },
    withinMs: ms,
    budgetMs: ms,
    forMs: msOrZero,
    strict: { kind: 'boolean' },
    capture: {
      kind: 'map',
      nameRule: variableName,
      code: 'invalid-value',
      value: { kind: 'text', rule: rule.jsonPath },
    },
  },
};

export const stepsSpec: Spec = { kind: 'list', item: stepSpec };

function checkStepKeys(node: JsonNode, report: Report, where: string): void {
  if (node.type !== 'object') return;
  const kind = node.members.find(({ key }) => (STEP_KINDS as readonly string[]).includes(key.name))?.key.name;
  if (kind === undefined) return;
  for (const { key } of node.members) {
    if ((BELONGS[key.name] ?? kind) === kind) continue;
    report('invalid-value', key, `${quote(`${where}.${key.name}`)} does not go with ${quote(kind)}.`);
  }
}
