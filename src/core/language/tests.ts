import type { Report, StepResult } from '../base/model.js';
import { STEP_KINDS } from '../base/step.js';
import { type JsonNode, nodeAt } from '../profile/jsonc.js';
import { ProblemList } from '../profile/problems.js';
import { failureLines } from '../text/problemLines.js';
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

export interface TestOutcome {
  /** Null: the profile as a whole. */
  readonly id: string | null;
  readonly status: 'passed' | 'failed' | 'skipped';
  readonly durationMs: number;
  /** Of a failure. */
  readonly message: string;
  readonly expected: string | null;
  readonly actual: string | null;
  /** Where it failed, from 0. */
  readonly line: number;
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

/** What a report says of a profile and of each of its nodes; a step is found by its line. */
export function testOutcomes(nodes: readonly TestNode[], report: Report): readonly TestOutcome[] {
  const byLine = new Map<number, StepResult[]>();
  for (const step of report.steps) pushTo(byLine, step.line ?? 0, step);
  const found = nodes.flatMap((node) => outcomesOf(node, byLine));
  const whole = { id: null, durationMs: report.durationMs, line: 0, ...comparison(report) };
  if (report.verdict !== 'down') return [{ ...whole, status: 'passed', message: '' }, ...found];
  const [first] = failureLines(report);
  return [{ ...whole, status: 'failed', message: first?.message ?? '', line: (first?.line ?? 1) - 1 }, ...found];
}

/** What the first expectation that failed had expected and got. */
function comparison({ expectations }: Report): Pick<TestOutcome, 'expected' | 'actual'> {
  const failed = expectations.find(({ passed }) => !passed);
  return { expected: failed?.expected ?? null, actual: failed?.actual ?? null };
}

function outcomesOf(node: TestNode, byLine: ReadonlyMap<number, readonly StepResult[]>): readonly TestOutcome[] {
  const below = node.children.flatMap((child) => outcomesOf(child, byLine));
  if (node.children.length > 0) return [together(node, below), ...below];
  const rows = byLine.get(node.line + 1) ?? [];
  const failed = rows.find(({ status }) => status === 'failed');
  const row = failed ?? rows.find(({ status }) => status === 'ok');
  const durationMs = rows.reduce((sum, each) => sum + each.durationMs, 0);
  const told = { expected: failed?.expected ?? null, actual: failed?.actual ?? null, message: failed?.error ?? '' };
  const status = failed ? 'failed' : row ? 'passed' : 'skipped';
  return [{ id: node.id, status, durationMs, line: node.line, ...told }];
}

/** A client, or a repeat: as well as what it holds. */
function together({ id, line }: TestNode, below: readonly TestOutcome[]): TestOutcome {
  const failed = below.find(({ status }) => status === 'failed');
  const durationMs = below.reduce((sum, each) => sum + each.durationMs, 0);
  const status = failed ? 'failed' : below.some((each) => each.status === 'passed') ? 'passed' : 'skipped';
  const { message = '', expected = null, actual = null } = failed ?? {};
  return { id, status, durationMs, message, expected, actual, line: failed?.line ?? line };
}

function pushTo<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
