import type { PhaseName } from '../base/model.js';
import type { ProbePlan } from '../base/plan.js';

/** The phases that a run of this plan goes through, in order. */
export function phaseNamesOf(plan: ProbePlan): PhaseName[] {
  return [
    'dns',
    'tcp',
    ...(plan.proxy || plan.unusedProxy ? (['proxy'] as const) : []),
    ...(plan.url.startsWith('wss:') ? (['tls'] as const) : []),
    'upgrade',
    ...(plan.message || isTalkedThrough(plan) ? (['message'] as const) : []),
    'close',
  ];
}

/** Whether a conversation is held over the connection of a plan, by its steps or otherwise. */
export function isTalkedThrough({ steps = [], talked = false }: Pick<ProbePlan, 'steps' | 'talked'>): boolean {
  return talked || steps.length > 0;
}
