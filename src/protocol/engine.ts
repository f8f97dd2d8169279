import type { ProbeProgress, Report } from '../core/model.js';
import type { ProbePlan } from '../core/profile/profile.js';

/** Host to engine: requests. Every one settles: result, error, cancellation, or the end of the worker. */
export interface EngineRequests {
  readonly probe: { readonly params: ProbeParams; readonly result: Report };
  /** One playground a worker: when it runs already, its info is the answer. A port in use gives way to free ones. */
  readonly playgroundStart: { readonly params: { readonly port: number }; readonly result: PlaygroundInfo };
  readonly playgroundStop: { readonly params: null; readonly result: null };
  /** For tests and the log: which sockets the worker still holds. */
  readonly diagnostics: {
    readonly params: null;
    readonly result: { readonly sockets: number; readonly timers: number };
  };
}

export interface ProbeParams {
  readonly plan: ProbePlan;
  /** Chosen by the host; names the probe in `progress`. */
  readonly probeId: number;
  /** The machine the probe leaves from, as the report shows it. */
  readonly vantage: { readonly host: string; readonly remote: string | null };
}

export interface PlaygroundInfo {
  readonly http: string;
  readonly ws: string;
  readonly wss: string;
  /** PEM of the authority made at start. */
  readonly caPem: string;
  /** TLS variant (`expired`, `self-signed`…) to its wss URL. */
  readonly tls: Readonly<Record<string, string>>;
  readonly paths: readonly { readonly path: string; readonly summary: string; readonly group: string }[];
  /** True when the port asked for was in use and free ones were taken. */
  readonly portTaken: boolean;
}

/** Engine to host: events. */
export interface EngineEvents {
  readonly progress: { readonly probeId: number; readonly progress: ProbeProgress };
}
