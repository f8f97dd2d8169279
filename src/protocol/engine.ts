import type { ProbeProgress, Report } from '../core/model.js';
import type { ProbePlan } from '../core/profile/profile.js';

/** Host to engine: requests. Every one settles: result, error, cancellation, or the end of the worker. */
export interface EngineRequests {
  readonly probe: { readonly params: { readonly plan: ProbePlan; readonly probeId: number }; readonly result: Report };
  readonly playgroundStart: { readonly params: { readonly port: number }; readonly result: PlaygroundInfo };
  readonly playgroundStop: { readonly params: null; readonly result: null };
  /** For tests and the log: which sockets the worker still holds. */
  readonly diagnostics: {
    readonly params: null;
    readonly result: { readonly sockets: number; readonly timers: number };
  };
}

export interface PlaygroundInfo {
  readonly http: string;
  readonly ws: string;
  readonly wss: string;
  /** PEM of the authority made at start. */
  readonly caPem: string;
}

/** Engine to host: events. */
export interface EngineEvents {
  readonly progress: { readonly probeId: number; readonly progress: ProbeProgress };
}
