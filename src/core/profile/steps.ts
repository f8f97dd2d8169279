import type { Step } from '../base/step.js';
import { type JsonNode, nodeAt, toValue } from './jsonc.js';

/** Checked steps, each with the line that it begins on. */
export function stepsOf(list: JsonNode | undefined, lineOf: (offset: number) => number): readonly Step[] {
  return (list?.type === 'array' ? list.items : []).map((node) => {
    const step = { ...(toValue(node) as Step), line: lineOf(node.offset) };
    if (!('repeat' in step)) return step;
    const steps = stepsOf(nodeAt(node, 'repeat', 'steps'), lineOf);
    return { ...step, repeat: { ...step.repeat, steps } };
  });
}
