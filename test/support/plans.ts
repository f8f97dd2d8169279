import type { ProbePlan } from '../../src/core/base/plan.js';
import { SecretText } from '../../src/core/redaction/secretText.js';
import type { KeptPlan } from '../../src/engine/plans.js';
import type { PlanRef } from '../../src/protocol/prepared.js';

/** Plans as the engine keeps them, put there by a test. */
export class TestPlans {
  readonly #kept: KeptPlan[] = [];

  add(plan: ProbePlan, secrets: Readonly<Record<string, string>> = {}): PlanRef {
    this.#kept.push({ plan, secrets, shown: new SecretText(secrets, plan.secrets), env: {}, envNames: [] });
    return { planId: String(this.#kept.length - 1), followRedirects: plan.followRedirects };
  }

  get({ planId }: PlanRef): KeptPlan {
    const kept = this.#kept[Number(planId)];
    if (!kept) throw new Error(`no plan ${planId}`);
    return kept;
  }
}
