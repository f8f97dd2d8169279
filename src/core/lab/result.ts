import type { ExperimentVerdict, Numbers } from '../base/experiment.js';
import type { Finding } from '../base/model.js';

/** What an experiment makes of its connections. */
export interface ExperimentResult {
  readonly verdict: ExperimentVerdict;
  readonly conclusion: string;
  readonly numbers: Numbers;
  readonly findings: readonly Finding[];
}
