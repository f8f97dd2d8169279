import { readJsonc } from './jsonc.js';
import { payloadSpec } from './payloadKeys.js';
import { validate } from './spec.js';
import { mapTexts } from './variables.js';

/** What is wrong with a payload that stands in no profile, given as JSON; null: nothing. What its variables fill in is not judged. */
export function payloadProblem(json: string): string | null {
  const { root, list } = readJsonc(json);
  if (root) {
    const open = mapTexts(root, (node) => (node.value.includes('${') ? { ...node, open: true } : node));
    validate(open, payloadSpec, list.report, 'send');
  }
  return list.items.find(({ severity }) => severity === 'error')?.message ?? null;
}
