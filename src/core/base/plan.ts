import type { AllowRule } from './allowRules.js';
import type { Budget, PhaseName, ProxyKind } from './model.js';
import type { Decoder, Match, Payload } from './message.js';
import type { Step } from './step.js';

export type { Match, Payload };

export type Auth =
  | { readonly type: 'bearer'; readonly token: string }
  | { readonly type: 'basic'; readonly username: string; readonly password: string }
  /** RFC 7616: asked first without, then with the answer to the server's challenge. */
  | { readonly type: 'digest'; readonly username: string; readonly password: string }
  | { readonly type: 'apiKey'; readonly name: string; readonly value: string; readonly in: 'header' | 'query' }
  | { readonly type: 'subprotocol'; readonly token: string; readonly prefix?: string }
  | OAuth2;

/** Client credentials (RFC 6749 4.4): the token is fetched before the upgrade and sent as `Authorization: Bearer`. */
export interface OAuth2 {
  readonly type: 'oauth2';
  /** https, or http to this machine. */
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope?: string;
}

export interface TlsOptions {
  readonly ca?: readonly string[];
  readonly cert?: string;
  readonly key?: string;
  readonly pfx?: string;
  readonly passphrase?: string;
  readonly serverName?: string;
  readonly rejectUnauthorized?: boolean;
  readonly minVersion?: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';
}

/** A proxy and how to speak to it. `socks4` resolves names here, all others at the proxy. */
export interface ProxyRoute {
  readonly kind: ProxyKind;
  readonly host: string;
  readonly port: number;
  readonly username: string | null;
  readonly password: string | null;
  /** A ready value of `Proxy-Authorization` (VS Code's `http.proxyAuthorization`); wins over user name and password. */
  readonly authorization: string | null;
  /** Whether the certificate of an `https:` proxy must be valid. */
  readonly rejectUnauthorized: boolean;
  /** Where it was named: `profile`, `http.proxy`, or the environment variable. */
  readonly source: string;
}

interface UnusedProxy {
  readonly route: ProxyRoute;
  /** In words, as a person would say it: `NO_PROXY lists .example.com`. */
  readonly because: string;
}

/**
 * Names of headers in another case than that of RFC 6455, which must make no difference (RFC 9110 5.1): `sec-websocket-key` or
 * `Sec-Websocket-Key`. `plain`: the same GET without a word about WebSockets.
 */
export type RequestForm = 'lower-case' | 'title-case' | 'plain';

/** RFC 7692 7.1. */
export interface CompressionOptions {
  readonly serverNoContextTakeover?: boolean;
  readonly clientNoContextTakeover?: boolean;
  readonly serverMaxWindowBits?: number;
  readonly clientMaxWindowBits?: number | true;
}

export interface Timeouts {
  readonly connectMs: number;
  readonly upgradeMs: number;
  readonly messageMs: number;
  readonly closeMs: number;
}

export interface MessageCheck {
  /** Absent: nothing is sent, the first frame that arrives is judged. */
  readonly send?: Payload;
  readonly expect: 'echo' | 'any' | Match;
  readonly samples: number;
}

export type HeaderExpectation =
  | { readonly equals: string }
  | { readonly contains: string }
  | { readonly matches: string };

export interface MessageBudget extends Budget {
  /** Which percentile of the round trips is judged: 50, 95, 99 or 100 (the slowest). */
  readonly percentile: number;
}

export interface Expectations {
  readonly status?: number;
  readonly subprotocol?: string | null;
  readonly httpVersion?: string;
  readonly headers?: Readonly<Record<string, HeaderExpectation>>;
  readonly holdMs: number;
  /** False: no protocol ping of ours while it holds. */
  readonly ping?: boolean;
  readonly closeCode?: readonly number[];
  readonly certificateDaysLeft?: number;
  readonly budgets: Readonly<Partial<Record<Exclude<PhaseName, 'message'> | 'total', Budget>>> & {
    readonly message?: MessageBudget;
  };
}

/** How a live connection is kept. Null: none of it. */
export interface SessionOptions {
  readonly heartbeat: { readonly everyMs: number; readonly timeoutMs: number; readonly send: Payload } | null;
  readonly reconnect: {
    readonly initialMs: number;
    readonly maxMs: number;
    /** 0 to 1: the part of each delay that is left to chance. */
    readonly jitter: number;
    readonly maxAttempts: number;
  } | null;
  /** `auto`, or a dialect's name. */
  readonly dialect: string;
  readonly autoPong: boolean;
  /** Over HTTP/2: use, and leave for others, one connection to the same server (RFC 8441). */
  readonly shareConnection: boolean;
}

/** How it is probed again and again. */
export interface WatchOptions {
  readonly everyMs: number;
  /** Failures in a row before an alert. */
  readonly alertAfter: number;
  /** One connection that stays, in place of a probe each time. */
  readonly hold: boolean;
  /** JSON path of the number in the messages of a held connection; null: they have none that is known. */
  readonly sequence: string | null;
}

/** A message kept in the profile for the composer. */
export interface SavedMessage {
  readonly name: string;
  readonly send: Payload;
}

/** One of the connections of a conversation: the profile with the client's keys laid over it. */
export interface ClientPlan {
  readonly name: string;
  readonly plan: ProbePlan;
}

/**
 * A profile ready to run: variables, environment and secrets in place, defaults filled in, every value checked.
 * Message payloads still hold `${uuid}`, `${now}`, `${seq}`, which are filled in as each message is sent.
 */
export interface ProbePlan {
  readonly name: string;
  /** The URL to connect to: ws: or wss:, no fragment, no user info (moved to `auth`), apiKey in query not yet added. */
  readonly url: string;
  /** The interface that the address of the URL is reached by (RFC 6874): the URL itself does not name it. */
  readonly zone?: string;
  /** Custom headers in the order of the file; a list becomes one entry a value. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly origin: string | null;
  readonly subprotocols: readonly string[];
  readonly auth: Auth | null;
  readonly cookies: Readonly<Record<string, string>>;
  readonly tls: TlsOptions;
  /** What the profile said: `auto`, `none`, or a proxy's address (then `proxy` is it). */
  readonly proxyChoice: 'auto' | 'none' | 'named';
  /** The proxy to go through, chosen by then; null: none. */
  readonly proxy: ProxyRoute | null;
  /** A proxy that is known and not used; null when there is none. */
  readonly unusedProxy: UnusedProxy | null;
  readonly http: '1.1' | '2' | 'auto';
  readonly compression: boolean | CompressionOptions;
  readonly followRedirects: boolean;
  readonly timeouts: Timeouts;
  readonly limits: { readonly maxMessageBytes: number };
  readonly message: MessageCheck | null;
  /** A conversation, in order. Absent: none. */
  readonly steps?: readonly Step[];
  /** It is talked through though no step says what; no profile says so, a replay does. */
  readonly talked?: boolean;
  /** Who talks in it, each over a connection of its own; absent: one connection, that of this plan. */
  readonly clients?: readonly ClientPlan[];
  readonly expect: Expectations;
  readonly session: SessionOptions;
  /** What reads the messages that are received, in order; absent: the dialect alone. */
  readonly decode?: readonly Decoder[];
  readonly messages: readonly SavedMessage[];
  readonly watch: WatchOptions;
  /** The profile's variables by name, for messages typed in a session. */
  readonly variables: Readonly<Record<string, string>>;
  /** Folder that relative paths (tls.*, payload files) start from; null when the profile has no file. */
  readonly baseDir: string | null;
  /** Every value that must never be shown: resolved secrets, credentials, cookies, user info. */
  readonly secrets: readonly string[];
  /** Addresses refused by the guard may be reached (setting `wsprobe.allowLinkLocal`, option `--allow-link-local`). */
  readonly allowLinkLocal: boolean;
  /** How the request is written where that is not the usual way; no profile says so, experiments do. */
  readonly requestForm?: RequestForm;
  /** Where redirects may lead; absent: anywhere that they usually may. Set for who does not choose the address. */
  readonly allowed?: readonly AllowRule[];
  /** False: the operating system's certificate authorities are not trusted (VS Code's `http.systemCertificates`). */
  readonly systemCertificates?: boolean;
}
