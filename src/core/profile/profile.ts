import type { Decoder } from '../base/message.js';
import type {
  Payload,
  Match,
  Auth,
  TlsOptions,
  CompressionOptions,
  Timeouts,
  HeaderExpectation,
  SessionOptions,
  WatchOptions,
  ProbePlan,
} from '../base/plan.js';
import type { PhaseName } from '../base/model.js';
import type { Step } from '../base/step.js';

/** VS Code's settings about proxies, as they stand. */
export interface EditorProxy {
  /** `http.proxySupport`: `off` means that no proxy is looked for, not even in the environment. */
  readonly support: string;
  /** `http.proxy`; empty: the environment decides. */
  readonly url: string;
  readonly noProxy: readonly string[];
  readonly authorization: string | null;
  readonly strictSSL: boolean;
}

/** `session` as a file writes it; `every` and `timeout` are milliseconds. */
export interface SessionFile {
  readonly heartbeat?: { readonly every?: number; readonly timeout?: number; readonly send?: Payload };
  readonly reconnect?: Partial<NonNullable<SessionOptions['reconnect']>>;
  readonly dialect?: string;
  readonly autoPong?: boolean;
  readonly shareConnection?: boolean;
}

/** A place in a profile's text: 0-based line and character, with offset and length in UTF-16 units. */
export interface Problem {
  readonly severity: 'error' | 'warning';
  /** Stable: `unknown-key`, `wrong-type`, `unresolved-variable`… */
  readonly code: string;
  readonly message: string;
  readonly line: number;
  readonly character: number;
  readonly offset: number;
  readonly length: number;
}

/** A file's payload of a message step or a saved message. */
export interface MessageFile {
  readonly send?: Payload;
  readonly expect?: 'echo' | 'any' | Match;
  readonly samples?: number;
}

/** A number is `degradedMs`; null takes a default away. */
export type BudgetFile =
  | number
  | { readonly degradedMs?: number | null; readonly downMs?: number | null; readonly percentile?: number };

export interface ExpectFile {
  readonly status?: number;
  readonly subprotocol?: string | null;
  readonly httpVersion?: string;
  readonly headers?: Readonly<Record<string, HeaderExpectation>>;
  readonly holdMs?: number;
  readonly ping?: boolean;
  readonly closeCode?: number | readonly number[];
  readonly certificateDaysLeft?: number;
  readonly budgets?: Readonly<Partial<Record<PhaseName | 'total', BudgetFile>>>;
}

/** A `.wsprobe` file as written: variables still in place, no defaults. Only `url` is required (an environment may give it). */
export interface ProfileFile {
  readonly name?: string;
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly origin?: string;
  readonly subprotocols?: readonly string[];
  readonly auth?: Auth;
  readonly cookies?: Readonly<Record<string, string>>;
  readonly tls?: TlsOptions;
  readonly proxy?: string;
  readonly http?: '1.1' | '2' | 'auto';
  readonly compression?: boolean | CompressionOptions;
  readonly followRedirects?: boolean;
  readonly timeouts?: Partial<Timeouts>;
  readonly limits?: { readonly maxMessageBytes?: number };
  readonly message?: MessageFile;
  readonly steps?: readonly Step[];
  readonly clients?: Readonly<Record<string, Omit<ProfileFile, 'steps' | 'clients' | 'environments'>>>;
  readonly expect?: ExpectFile;
  readonly session?: SessionFile;
  readonly decode?: readonly Decoder[];
  readonly messages?: readonly { readonly name: string; readonly send: Payload }[];
  readonly watch?: Partial<WatchOptions>;
  readonly variables?: Readonly<Record<string, string>>;
  readonly environments?: Readonly<Record<string, Omit<ProfileFile, 'environments'>>>;
}

/** What a `wsprobe.env.json` holds: environments for the profiles beside and below it. */
export interface EnvironmentsFile {
  readonly text: string;
  readonly environments: NonNullable<ProfileFile['environments']>;
}

/** Files of environments that a profile shares with others, the nearest first: each wins over the next, key by key. */
export type SharedEnvironments = readonly EnvironmentsFile[];

/** Where the values of variables come from. Missing values become problems, never empty strings. */
export interface ResolveContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly secrets: Readonly<Record<string, string | undefined>>;
  /** Wins over the file's and the environment's variables. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly environment?: string | null;
  /** Beside the file's own, which win. */
  readonly sharedEnvironments?: SharedEnvironments;
  readonly baseDir: string | null;
  /** Used when the file has no `name`. */
  readonly name?: string;
  readonly allowLinkLocal?: boolean;
  /** What `"proxy": "auto"` follows before the environment; null outside the editor. */
  readonly editorProxy?: EditorProxy | null;
  /** Whether the operating system's certificate authorities are trusted; true unless told. */
  readonly systemCertificates?: boolean;
}

export interface ParsedProfile {
  /** Null when the text is no profile; problems about values that only a run needs leave it in place. */
  readonly file: ProfileFile | null;
  readonly problems: readonly Problem[];
}

export interface ResolvedProfile {
  /** Null when any problem is an error. */
  readonly plan: ProbePlan | null;
  readonly problems: readonly Problem[];
  /** The secrets and environment variables that the plan takes values from, or would if they had one. */
  readonly names: UsedNames;
  /** The messages of the plan as the file writes them: references in place. A file's path has its values. */
  readonly written: ProbePlan['messages'];
}

export interface UsedNames {
  readonly secrets: readonly string[];
  readonly env: readonly string[];
}
