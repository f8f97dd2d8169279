import type { HeaderPair } from '../base/model.js';

/** What is made for one connection before its upgrade request: headers that take the place of the plan's, and the secrets in them. */
export interface PreparedUpgrade {
  readonly headers: readonly HeaderPair[];
  readonly secrets: readonly string[];
}
