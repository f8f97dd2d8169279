import type { ProbeProgress, Report, Variation } from '../core/base/model.js';
import type { SessionRequests } from './acts.js';
import type { SessionEvents } from './session.js';
import type { ProbePlan } from '../core/base/plan.js';
import type { Problem, ResolveContext, ResolvedProfile } from '../core/profile/profile.js';

/** Host to engine: requests. Every one settles: result, error, cancellation, or the end of the worker. */
export interface EngineRequests extends SessionRequests {
  readonly probe: { readonly params: ProbeParams; readonly result: Report };
  /** The plan's opening handshake, then with one thing changed at a time until it passes. */
  readonly differential: { readonly params: ProbeParams; readonly result: Report };
  /** One playground a worker: when it runs already, its info is the answer. A port in use gives way to free ones. */
  readonly playgroundStart: { readonly params: { readonly port: number }; readonly result: PlaygroundInfo };
  readonly playgroundStop: { readonly params: null; readonly result: null };
  /** The text of a `.wsprobe` judged without values. */
  readonly parseProfile: { readonly params: { readonly text: string }; readonly result: ProfileSummary };
  readonly resolveProfile: {
    readonly params: { readonly text: string; readonly context: ResolveContext };
    readonly result: ResolvedProfile;
  };
  /** Text of a new profile; credentials become references. */
  readonly profileTemplate: { readonly params: TemplateSource; readonly result: NewProfileText };
  /** For tests and the log: which sockets the worker still holds. */
  readonly diagnostics: {
    readonly params: null;
    readonly result: { readonly sockets: number; readonly timers: number };
  };
}

export interface ProfileSummary {
  readonly problems: readonly Problem[];
  /** Names of its environments, in the order of the file. */
  readonly environments: readonly string[];
  /** Names in `${secret:name}`. */
  readonly secrets: readonly string[];
}

export interface NewProfileText {
  readonly text: string;
  /** Values that the text names as `${secret:name}`. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** What a new profile is made from: the plan of a probe, or a URL alone. */
export type TemplateSource = ProbePlan | { readonly url: string };

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
  /** WebSocket over HTTP/2: `h2` over TLS, `h2c` by prior knowledge; `h2-plain` takes none over HTTP/2. */
  readonly http2: { readonly h2: string; readonly h2c: string; readonly 'h2-plain': string };
  /** Proxy (`connect`, `connect-basic`, `socks5`, `intercepting`) to its URL; user `user`, password `pass` where one is asked for. */
  readonly proxies: Readonly<Record<string, string>>;
  /** PEM of what the TLS variant `clientCertificate` asks for. */
  readonly client: { readonly certPem: string; readonly keyPem: string };
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
  /** One handshake of a differential has finished. */
  readonly variation: { readonly probeId: number; readonly variation: Variation };
}

/** Engine to host: announcements. Each is acknowledged, and the next of its kind waits for that. */
export interface EngineAnnouncements {
  readonly session: { readonly params: SessionEvents['session']; readonly result: null };
  readonly view: { readonly params: SessionEvents['view']; readonly result: null };
}
