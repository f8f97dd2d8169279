import { type JsonNode, memberOf, nodeAt } from './jsonc.js';
import { quote, type Report, suggest } from './problems.js';
import { MAX_STEPS } from './stepKeys.js';

/** What a conversation is as a whole: who says what, and how much there is of it. */
export function checkConversation(root: JsonNode, report: Report): void {
  const clients = memberOf(root, 'clients');
  const steps = memberOf(root, 'steps');
  const names = clients?.value.type === 'object' ? clients.value.members.map(({ key }) => key.name) : null;
  if (clients && !steps) report('conflict', clients.key, '`clients` talk in `steps`, and there are none.');
  if (clients && names?.length === 0) report('invalid-value', clients.value, '`clients` must not be empty.');
  checkSteps(steps?.value, { names, report, budget: new StepBudget(report) }, null, 1);
}

interface Checking {
  /** Of the clients; null: there are none. */
  readonly names: readonly string[] | null;
  readonly report: Report;
  readonly budget: StepBudget;
}

/** `client` is that of the repeat around the steps, `times` how often they are run. */
function checkSteps(list: JsonNode | undefined, checking: Checking, client: string | null, times: number): void {
  for (const step of list?.type === 'array' ? list.items : []) {
    if (step.type !== 'object') continue;
    const own = memberOf(step, 'client');
    const named = own?.value.type === 'string' ? own.value.value : client;
    const inner = memberOf(step, 'repeat');
    checkClient(step, own?.value, inner ? (named ?? '') : named, checking);
    checkTimes(step, checking.report);
    if (!inner) {
      checking.budget.spend(times, step);
      continue;
    }
    const rounds = nodeAt(inner.value, 'times');
    const more = rounds?.type === 'number' ? rounds.value : 1;
    checkSteps(nodeAt(inner.value, 'steps'), checking, named, times * more);
  }
}

function checkClient(step: JsonNode, own: JsonNode | undefined, named: string | null, checking: Checking): void {
  const { names, report } = checking;
  if (names === null) {
    if (own) report('unknown-client', own, 'There are no `clients` in this profile: leave out `client`, or add them.');
  } else if (named === null) {
    report('missing-key', { offset: step.offset, length: 1 }, 'Whose step is it? With `clients`, each needs `client`.');
  } else if (own?.type === 'string' && !names.includes(own.value)) {
    const near = suggest(own.value, names);
    const hint = near === null ? `known are ${names.map(quote).join(', ')}.` : `did you mean ${quote(near)}?`;
    report('unknown-client', own, `There is no client ${quote(own.value)}: ${hint}`);
  }
}

/** A step that is told to take longer than it may cannot pass. */
function checkTimes(step: JsonNode, report: Report): void {
  const within = nodeAt(step, 'withinMs');
  for (const name of ['wait', 'forMs']) {
    const takes = nodeAt(step, name);
    if (within?.type !== 'number' || takes?.type !== 'number' || takes.value <= within.value) continue;
    report('conflict', within, `${quote(name)} takes longer than \`withinMs\` allows: the step can never pass.`);
  }
}

/** Counts steps as they will be run; says once that they are too many, where they become so. */
class StepBudget {
  #left = MAX_STEPS;
  readonly #report: Report;

  constructor(report: Report) {
    this.#report = report;
  }

  spend(times: number, step: JsonNode): void {
    const wasWithin = this.#left >= 0;
    this.#left -= times;
    if (!wasWithin || this.#left >= 0) return;
    const place = { offset: step.offset, length: 1 };
    this.#report('too-large', place, `A conversation may have at most ${MAX_STEPS} steps, repeats counted.`);
  }
}
