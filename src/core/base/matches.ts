import type { Match } from './message.js';
import type { ProbePlan } from './plan.js';
import type { Step } from './step.js';

/** Whether any of the matches, or one inside them, looks at what a decoder makes of a message. */
export function looksDecoded(matches: Iterable<Match>): boolean {
  for (const match of inside(matches)) if (match.in === 'decoded') return true;
  return false;
}

/** Every match that a plan judges messages by, nested ones too. */
export function* matchesOfPlan({
  message,
  steps = [],
  clients = [],
}: Pick<ProbePlan, 'message' | 'steps' | 'clients'>): Generator<Match> {
  if (message && typeof message.expect === 'object') yield* inside([message.expect]);
  yield* matchesOf(steps);
  for (const { plan } of clients) yield* matchesOfPlan(plan);
}

/** Every match in steps, nested ones too. */
function* matchesOf(steps: readonly Step[]): Generator<Match> {
  for (const step of steps) {
    if ('repeat' in step) yield* matchesOf(step.repeat.steps);
    else yield* inside(matchesOfStep(step));
  }
}

function matchesOfStep(step: Step): readonly Match[] {
  if ('expect' in step) return [step.expect];
  if ('expectAll' in step) return step.expectAll;
  if ('expectNone' in step) return [step.expectNone];
  if ('expectCount' in step) return [step.expectCount.match];
  return 'expectClose' in step && step.expectClose.reason ? [step.expectClose.reason] : [];
}

function* inside(matches: Iterable<Match>): Generator<Match> {
  for (const match of matches) {
    yield match;
    if ('all' in match) yield* inside(match.all);
    if ('any' in match) yield* inside(match.any);
    if ('not' in match) yield* inside([match.not]);
  }
}
