import type { SessionRequests } from './acts.js';
import type { ConvertRequests } from './convert.js';
import type { JobRequests } from './jobs.js';
import type { SessionEvents } from './session.js';
import type { CheckContext } from '../core/profile/check.js';
import type { Problem } from '../core/profile/profile.js';
import type { ProfilePlace } from '../core/profile/sharedFiles.js';
import type { LanguageRequests } from './language.js';
import type { PlanRequests } from './planRequests.js';

/** Host to engine: requests. Every one settles: result, error, cancellation, or the end of the worker. */
export interface EngineRequests extends SessionRequests, JobRequests, PlanRequests, ConvertRequests, LanguageRequests {
  /** The text of a `.wsprobe` judged without values; with its place, beside the environments that it shares. */
  readonly parseProfile: {
    readonly params: { readonly text: string; readonly place?: ProfilePlace | null };
    readonly result: ProfileSummary;
  };
  /** What is wrong with it as it would run. */
  readonly checkProfile: {
    readonly params: { readonly text: string; readonly context: CheckContext; readonly place: ProfilePlace | null };
    readonly result: readonly Problem[];
  };
  /** For tests and the log: which sockets the worker still holds. */
  readonly diagnostics: {
    readonly params: null;
    readonly result: { readonly sockets: number; readonly timers: number };
  };
}

export interface ProfileSummary {
  readonly problems: readonly Problem[];
  /** Names of its environments, in the order of the file, then of those that it shares. */
  readonly environments: readonly string[];
  /** Names in `${secret:name}`. */
  readonly secrets: readonly string[];
  /** As written; null where it has none, or is none. */
  readonly name: string | null;
  readonly host: string | null;
}

/** Engine to host: announcements. Each is acknowledged, and the next of its kind waits for that. */
export interface EngineAnnouncements {
  readonly session: { readonly params: SessionEvents['session']; readonly result: null };
  readonly view: { readonly params: SessionEvents['view']; readonly result: null };
  /** A message names a secret that the session does not know. Its value; an error where it may not have it. */
  readonly secret: { readonly params: SecretQuestion; readonly result: string };
}

export interface SecretQuestion {
  readonly name: string;
  /** Where it goes. */
  readonly hosts: readonly string[];
}
