import { type JsonNode, nodeAt, placeInString } from './jsonc.js';
import type { Report } from './problems.js';
import { mapTexts, parts } from './variables.js';

/** Reports what a step uses before any step has captured it, unless `declared` gives it a value to begin with. */
export function reportEarlyUses(
  steps: JsonNode | undefined,
  text: string,
  declared: ReadonlySet<string>,
  report: Report,
): void {
  const inOrder = [...flat(steps)];
  const firstBy = new Map<string, number>();
  for (const [index, step] of inOrder.entries()) {
    for (const name of capturedBy(step)) if (!firstBy.has(name)) firstBy.set(name, index);
  }
  for (const [index, step] of firstBy.size === 0 ? [] : inOrder.entries()) {
    mapTexts(step, (node) => {
      for (const part of parts(node.value)) {
        if (part.kind !== 'variable' || declared.has(part.name) || (firstBy.get(part.name) ?? -1) < index) continue;
        const place = () => placeInString(text, node, part.start, part.end);
        report('unresolved-variable', place, `\${${part.name}} is captured by a later step: here it has no value yet.`);
      }
      return node;
    });
  }
}

/** Steps in the order in which they are run for the first time, those of repeats in their place. */
function* flat(steps: JsonNode | undefined): Generator<JsonNode> {
  for (const step of steps?.type === 'array' ? steps.items : []) {
    const inner = nodeAt(step, 'repeat', 'steps');
    if (inner) yield* flat(inner);
    else yield step;
  }
}

function capturedBy(step: JsonNode): readonly string[] {
  const capture = nodeAt(step, 'capture');
  return capture?.type === 'object' ? capture.members.map(({ key }) => key.name) : [];
}
