import { STEP_KINDS } from '../base/step.js';
import { type JsonNode, nodeAt } from '../profile/jsonc.js';
import { ProblemList } from '../profile/problems.js';
import { openDocument } from './document.js';

/** A client or a step of a profile, as an item of a list of tests. */
export interface TestNode {
  /** Within its profile. */
  readonly id: string;
  readonly label: string;
  /** From 0. */
  readonly line: number;
  readonly children: readonly TestNode[];
}

/** More than a run may have are no tests of anything. */
const MAX_NODES = 10_000;

/** The clients of a profile with their steps, or its steps alone; what is no step is left out. */
export function testNodes(text: string): readonly TestNode[] {
  const { root } = openDocument(text);
  const places = new ProblemList(text);
  const lineOf = (offset: number) => places.positionOf(offset).line;
  const steps = stepNodes(nodeAt(root ?? undefined, 'steps'), '', null, lineOf, { left: MAX_NODES });
  const clients = nodeAt(root ?? undefined, 'clients');
  if (clients?.type !== 'object') return steps;
  return clients.members.map(({ key }) => ({
    id: `client ${key.name}`,
    label: key.name,
    line: lineOf(key.offset),
    children: steps.filter(({ client }) => client === key.name),
  }));
}

interface StepNode extends TestNode {
  readonly client: string | null;
}

function stepNodes(
  list: JsonNode | undefined,
  before: string,
  around: string | null,
  lineOf: (offset: number) => number,
  budget: { left: number },
): readonly StepNode[] {
  return (list?.type === 'array' ? list.items : []).flatMap((node, index) => {
    const kind = STEP_KINDS.find((name) => nodeAt(node, name) !== undefined);
    if (kind === undefined || --budget.left < 0) return [];
    const id = `${before}${index + 1}`;
    const own = textAt(node, 'client') ?? around;
    const label = `${id} ${textAt(node, 'name') ?? kind}`;
    const children = stepNodes(nodeAt(node, 'repeat', 'steps'), `${id}.`, own, lineOf, budget);
    return [{ id: `step ${id}`, label, line: lineOf(node.offset), children, client: own }];
  });
}

function textAt(node: JsonNode, key: string): string | null {
  const value = nodeAt(node, key);
  return value?.type === 'string' ? value.value : null;
}
