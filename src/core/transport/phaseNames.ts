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
    ...(plan.message || (plan.steps?.length ?? 0) > 0 ? (['message'] as const) : []),
    'close',
  ];
}
