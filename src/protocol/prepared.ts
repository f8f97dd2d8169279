import type { SavedMessage } from '../core/base/plan.js';

/** A plan that the engine keeps. Secrets go in as it is made and stay there: it is spoken of by its id from then on. */
export interface PlanRef {
  /** A digest of all that is in the plan: the same plan has the same id. */
  readonly planId: string;
  /** For this use of the plan, whatever it says. */
  readonly followRedirects: boolean;
}

export function refOf({ planId, followRedirects }: PlanRef): PlanRef {
  return { planId, followRedirects };
}

/** What is told of a plan; no value of a secret is in it. */
export interface PreparedPlan extends PlanRef {
  readonly name: string;
  readonly url: string;
  /** The secrets of the profile that it uses. */
  readonly secrets: readonly string[];
  /** The environment variables whose values these hosts are shown. */
  readonly env: readonly string[];
  /** What it shows all of these to. */
  readonly hosts: readonly string[];
  /** Saved messages, references in place. */
  readonly messages: readonly SavedMessage[];
}
