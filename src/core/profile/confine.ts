import { type AllowRule, isAllowed } from '../base/allowRules.js';
import type { ProbePlan } from '../base/plan.js';

/**
 * A plan that leads nowhere but where the rules for it and for each of its clients allow, along redirects too; null where one of
 * them begins elsewhere.
 */
export function confinePlan(plan: ProbePlan, rulesFor: (plan: ProbePlan) => readonly AllowRule[]): ProbePlan | null {
  const confined: ProbePlan = { ...plan, allowed: rulesFor(plan) };
  const clients = plan.clients?.map((client) => ({
    ...client,
    plan: { ...client.plan, allowed: rulesFor(client.plan) },
  }));
  const all = [confined, ...(clients ?? []).map((client) => client.plan)];
  if (!all.every(({ allowed = [], url }) => isAllowed(url, allowed))) return null;
  return clients ? { ...confined, clients } : confined;
}
