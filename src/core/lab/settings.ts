import type { ExperimentVerdict, Numbers } from '../base/experiment.js';
import type { Finding } from '../base/model.js';

/** What may be set of an experiment; absent: its default. */
export interface ExperimentSettings {
  readonly connections?: number;
  readonly forMs?: number;
  readonly jsonPath?: string;
  readonly responseHeader?: string;
  /** A server on this machine, whose memory and open files are read. */
  readonly pid?: number;
}

export type SettingName = keyof ExperimentSettings;

/** What an experiment makes of its connections. */
export interface ExperimentResult {
  readonly verdict: ExperimentVerdict;
  readonly conclusion: string;
  readonly numbers: Numbers;
  readonly findings: readonly Finding[];
}
