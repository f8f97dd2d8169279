import type { Evidence } from '../../../src/core/base/evidence.js';
import type { FindingId } from '../../../src/core/diagnosis/findingIds.js';

/** What was seen, which findings it must give in order, words of the headline's title, and the titles of what it offers. */
export type Case = readonly [
  name: string,
  evidence: Evidence,
  ids: readonly FindingId[],
  title?: RegExp,
  offers?: readonly RegExp[],
];
