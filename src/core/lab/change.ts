import type { ProbePlan } from '../base/plan.js';
import type { Group } from './likelyOrder.js';

/** How far the failing probe came: its handshake never opened, or what came after it broke. */
export type Stage = 'handshake' | 'hold';

/** A plan with a single thing changed. */
export interface Change {
  /** As in `Variation`. */
  readonly id: string;
  /** In words. */
  readonly change: string;
  readonly group: Group;
  readonly plan: ProbePlan;
  /** Addresses of this family only; absent: all. */
  readonly family?: 4 | 6;
}
