import type { ExperimentName } from '../base/experiment.js';
import { EXPERIMENT_FACTS, type ExperimentFacts } from '../base/experimentFacts.js';
import type { Bench } from './bench.js';
import type { ExperimentResult } from './result.js';

/** Runs on a bench, which opens and counts its connections, until it is through or the bench's signal aborts. */
type ExperimentBody = (bench: Bench) => Promise<ExperimentResult>;

export interface ExperimentEntry extends ExperimentFacts {
  readonly load: () => Promise<ExperimentBody>;
}

/** Every experiment with a record of its own, and where its code is. */
export const EXPERIMENTS: Readonly<Record<ExperimentName, ExperimentEntry>> = {
  idle: {
    ...EXPERIMENT_FACTS.idle,
    load: async () => (await import('./experiments/idle.js')).idle,
  },
  lifetime: {
    ...EXPERIMENT_FACTS.lifetime,
    load: async () => (await import('./experiments/lifetime.js')).lifetime,
  },
  sticky: {
    ...EXPERIMENT_FACTS.sticky,
    load: async () => (await import('./experiments/sticky.js')).sticky,
  },
  ramp: {
    ...EXPERIMENT_FACTS.ramp,
    load: async () => (await import('./experiments/ramp.js')).ramp,
  },
  reconnect: {
    ...EXPERIMENT_FACTS.reconnect,
    load: async () => (await import('./experiments/reconnect.js')).reconnect,
  },
  heartbeat: {
    ...EXPERIMENT_FACTS.heartbeat,
    load: async () => (await import('./experiments/heartbeat.js')).heartbeat,
  },
  backpressure: {
    ...EXPERIMENT_FACTS.backpressure,
    load: async () => (await import('./experiments/backpressure.js')).backpressure,
  },
  closes: {
    ...EXPERIMENT_FACTS.closes,
    load: async () => (await import('./experiments/closes.js')).closes,
  },
  sequence: {
    ...EXPERIMENT_FACTS.sequence,
    load: async () => (await import('./experiments/sequence.js')).sequence,
  },
};

/** How long an experiment without a time of its own may take. */
export const USUAL_BOUND_MS = 600_000;
