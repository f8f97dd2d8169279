import type { SessionRequests } from './acts.js';
import type { JobRequests } from './jobs.js';
import type { SessionEvents } from './session.js';
import type { ProbePlan } from '../core/base/plan.js';
import type { Problem, ResolveContext, ResolvedProfile } from '../core/profile/profile.js';

/** Host to engine: requests. Every one settles: result, error, cancellation, or the end of the worker. */
export interface EngineRequests extends SessionRequests, JobRequests {
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

/** Engine to host: announcements. Each is acknowledged, and the next of its kind waits for that. */
export interface EngineAnnouncements {
  readonly session: { readonly params: SessionEvents['session']; readonly result: null };
  readonly view: { readonly params: SessionEvents['view']; readonly result: null };
}
