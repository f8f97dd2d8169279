import type { Step } from '../base/step.js';
import { type JsonNode, nodeAt, toValue } from './jsonc.js';
import { mapTexts } from './variables.js';

/** Checked steps, each with the line that it begins on. */
export function stepsOf(list: JsonNode | undefined, lineOf: (offset: number) => number): readonly Step[] {
  return (list?.type === 'array' ? list.items : []).map((node) => {
    const step = { ...(toValue(node) as Step), line: lineOf(node.offset) };
    if (!('repeat' in step)) return step;
    const steps = stepsOf(nodeAt(node, 'repeat', 'steps'), lineOf);
    return { ...step, repeat: { ...step.repeat, steps } };
  });
}

/** The client of each text in steps, that of the repeat around it where it names none. */
export function whoseTexts(
  list: JsonNode | undefined,
  client: string | null = null,
  found = new Map<JsonNode, string>(),
): ReadonlyMap<JsonNode, string> {
  for (const step of list?.type === 'array' ? list.items : []) {
    const own = nodeAt(step, 'client');
    const named = own?.type === 'string' ? own.value : client;
    if (named !== null) {
      mapTexts(step, (node) => {
        found.set(node, named);
        return node;
      });
    }
    whoseTexts(nodeAt(step, 'repeat', 'steps'), named, found);
  }
  return found;
}
