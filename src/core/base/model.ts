/**
 * The records everything speaks. A report is one JSON record; panel, tree, command line and exporters are mappings of it.
 * Times are milliseconds with three decimals from one monotonic clock; 0 is the start of the probe. Zero imports.
 */

export const REPORT_SCHEMA = 'wsprobe.report/1';

export type Verdict = 'healthy' | 'degraded' | 'down';
/** In the order they come. */
export const PHASE_NAMES = ['dns', 'tcp', 'proxy', 'tls', 'upgrade', 'message', 'close'] as const;
export type PhaseName = (typeof PHASE_NAMES)[number];
export type PhaseStatus = 'ok' | 'degraded' | 'failed' | 'skipped' | 'not-reached';
export type Severity = 'error' | 'warning' | 'info';

/** Where a fault lies, which need not be where it was noticed. */
export type Layer =
  | 'profile'
  | 'dns'
  | 'tcp'
  | 'local'
  | 'proxy'
  | 'tls'
  | 'http'
  | 'handshake'
  | 'application'
  | 'protocol'
  | 'network';

/** A header line as it stood on the wire: name in its own case, value, in order. */
export type HeaderPair = readonly [name: string, value: string];

/** Above `degradedMs` a phase is degraded, above `downMs` it has failed. */
export interface Budget {
  readonly degradedMs: number | null;
  readonly downMs: number | null;
}

export interface Phase {
  readonly name: PhaseName;
  readonly status: PhaseStatus;
  readonly startMs: number;
  readonly durationMs: number;
  readonly detail: Readonly<Record<string, unknown>>;
  /** The budget that judged this phase; null when it has none. */
  readonly budget: Budget | null;
}

/** One TCP connection attempt. `error` is the system's code or "timeout", null for the one that connected. */
export interface Attempt {
  readonly address: string;
  readonly family: 4 | 6;
  readonly port: number;
  readonly startMs: number;
  readonly durationMs: number;
  readonly error: string | null;
}

export interface Certificate {
  readonly subject: string;
  readonly issuer: string;
  /** ISO 8601. */
  readonly validFrom: string;
  readonly validTo: string;
  /** Whole days until `validTo`, negative once it has passed. */
  readonly daysLeft: number;
  readonly altNames: readonly string[];
  readonly fingerprint256: string;
  /** Whether it may sign others (basicConstraints). */
  readonly authority?: boolean;
  /** What it may be used for (extendedKeyUsage), by name or OID; absent where it does not say. */
  readonly uses?: readonly string[];
}

export interface TlsInfo {
  readonly protocol: string | null;
  readonly cipher: string | null;
  readonly alpn: string | null;
  readonly authorized: boolean;
  /** OpenSSL verification code (`CERT_HAS_EXPIRED`) or `ERR_TLS_CERT_ALTNAME_INVALID`; null when authorized. */
  readonly authorizationError: string | null;
  /** Leaf first, as the server sent it and completed from the trust store. */
  readonly chain: readonly Certificate[];
}

export type ProxyKind = 'http' | 'https' | 'socks4' | 'socks4a' | 'socks5';

/** The proxy that stood between, and what it answered. `url` holds no user info. */
export interface ProxyInfo {
  readonly url: string;
  readonly kind: ProxyKind;
  /** Where it was named: `profile`, `http.proxy`, or the environment variable. */
  readonly source: string;
  /** HTTP status of the answer to CONNECT; SOCKS: the reply code (RFC 1928 6). Null: no answer. */
  readonly status: number | null;
  /** The answer's words: HTTP reason phrase, or what the SOCKS reply code means. */
  readonly reason: string;
  readonly headers: readonly HeaderPair[];
  /** The CONNECT as sent, credentials redacted; null for SOCKS. */
  readonly request: RequestInfo | null;
  /** Of a refused CONNECT, capped. */
  readonly body: ResponseInfo['body'] | null;
  /** TLS with the proxy itself (`https:` proxies). */
  readonly tls: TlsInfo | null;
}

/** A cookie that an answer set, without its value. */
export interface SetCookie {
  readonly name: string;
  /** Why it goes along to no later hop, in words that end a sentence; absent: it was kept. */
  readonly because?: string;
}

/** A redirect that answered an upgrade request (RFC 9110 15.4). */
export interface Redirect {
  /** Asked. Redacted like every URL. */
  readonly url: string;
  readonly status: number;
  /** As the server sent it, and resolved to ws: or wss:; null where it leads to nothing a WebSocket can be. */
  readonly location: string;
  readonly target: string | null;
  readonly followed: boolean;
  /** Why it was not followed although that was asked for, in words that end a sentence. Redacted. */
  readonly refused?: string;
  /** What was not carried on to another origin: `Authorization`, `Cookie`, `X-Api-Key`, `auth`, `client certificate`… */
  readonly dropped: readonly string[];
  /** What it set for the hops after it, where it was followed or should have been; absent: nothing. */
  readonly cookies?: readonly SetCookie[];
  readonly startMs: number;
  readonly durationMs: number;
}

/**
 * Why a probe connected once more by itself: `no-ping` holds without our protocol ping where the first connection ended right after
 * it; `tls` and `plain` ask a port that took TCP and said nothing whether it speaks the other of the two; `tls` also hears again what
 * a port says in the place of TLS.
 */
export type LookReason = 'no-ping' | 'tls' | 'plain' | 'get' | 'proxy-line' | 'stale-token' | 'challenge';

/**
 * A second look, to the address that was just reached; a probe takes two at most, a third where a port hung up on all before, and
 * sends no credential that was not asked for.
 */
export interface Look {
  readonly reason: LookReason;
  readonly atMs: number;
  /** `address:port` of the machine, IPv6 in brackets. */
  readonly address: string;
  /** What was sent and what came back, in a line each; null: nothing. Redacted. */
  readonly request: string | null;
  readonly response: string | null;
  /** Why it told nothing; null where it did. */
  readonly error: string | null;
}

/** How the token of `auth: oauth2` was had, outside the phases. */
export interface CredentialsInfo {
  /** Redacted. */
  readonly tokenUrl: string;
  /** Of the endpoint's answer; null: none came, or none was asked for. */
  readonly status: number | null;
  readonly durationMs: number;
  /** The token was there from before. */
  readonly cached: boolean;
  /** As the endpoint or the token says, by this machine's clock; null: neither does. */
  readonly expiresAt: string | null;
}

/** What the HTTP/2 connection under a WebSocket told of itself (RFC 8441, RFC 9113). */
export interface Http2Info {
  readonly streamId: number | null;
  /** SETTINGS_ENABLE_CONNECT_PROTOCOL of the peer; null: its SETTINGS never came. */
  readonly enableConnectProtocol: boolean | null;
  readonly maxConcurrentStreams: number | null;
  readonly initialWindowSize: number | null;
  /** The connection was there already: another socket had opened it. */
  readonly shared: boolean;
  /** Error code by name (RFC 9113 7): `NO_ERROR`, `ENHANCE_YOUR_CALM`… */
  readonly goaway: { readonly code: string; readonly lastStreamId: number; readonly debug: string } | null;
  readonly reset: string | null;
}

/** One handshake of a differential run: the failing one with a single thing changed. */
export interface Variation {
  /** Stable: `no-compression`, `own-origin`, `no-header:X-Name`, `host:localhost`, `path:/ws`, `lower-case`, `plain-get`, `ipv4`… */
  readonly id: string;
  /** What was changed, in words. */
  readonly change: string;
  readonly passed: boolean;
  /** One line: what came of it. */
  readonly outcome: string;
  readonly durationMs: number;
}

export interface Differential {
  /** In the order tried; the first that passed ends it. */
  readonly variations: readonly Variation[];
  /** `id` of the change that cures; null: none of those tried does. */
  readonly cure: string | null;
  /** Variations that were left out, and why the run stopped before them: the limit of time, or a cancellation. */
  readonly stopped: string | null;
}

export interface RequestInfo {
  readonly httpVersion: string;
  readonly method: string;
  readonly target: string;
  readonly headers: readonly HeaderPair[];
}

export interface ResponseInfo {
  readonly httpVersion: string;
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly HeaderPair[];
  readonly body: { readonly text: string; readonly bytes: number; readonly truncated: boolean };
}

/** RFC 6455 4.2.2: `Sec-WebSocket-Accept`. */
export interface AcceptInfo {
  readonly expected: string;
  readonly received: string | null;
  readonly valid: boolean;
}

export interface SubprotocolInfo {
  readonly offered: readonly string[];
  readonly selected: string | null;
}

/** RFC 7692. `offered` and `accepted` are header values. */
export interface CompressionInfo {
  readonly offered: string | null;
  readonly accepted: string | null;
  readonly enabled: boolean;
  /** As negotiated; null where nothing was. */
  readonly parameters?: CompressionParameters | null;
}

/** RFC 7692 7.1: with context takeover each message may refer to the ones before. Window bits are 15 unless negotiated. */
export interface CompressionParameters {
  readonly serverContextTakeover: boolean;
  readonly clientContextTakeover: boolean;
  readonly serverMaxWindowBits: number;
  readonly clientMaxWindowBits: number;
}

export type RoundTripMode = 'ping' | 'echo' | 'any' | 'match';

export interface RoundTrips {
  readonly mode: RoundTripMode;
  readonly samplesMs: readonly number[];
  readonly minMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export type CloseInitiator = 'client' | 'server' | 'network';

export interface CloseInfo {
  /** As on the wire; 1005 and 1006 are synthetic (RFC 6455 7.4.1). */
  readonly code: number;
  readonly reason: string;
  readonly initiator: CloseInitiator;
  readonly clean: boolean;
  /** What our own socket saw, in words. */
  readonly evidence: string;
}

export interface ExpectationResult {
  readonly name: string;
  readonly passed: boolean;
  readonly expected: string;
  readonly actual: string;
}

/** Where two JSON values differ; a side that is absent has no value there. */
export interface Difference {
  /** JSONPath, `$` for the whole. */
  readonly path: string;
  readonly expected?: string;
  readonly actual?: string;
}

export interface StepResult {
  readonly name: string;
  /** Whose step it is; null where the conversation has one client. Absent in reports of earlier versions. */
  readonly client?: string | null;
  readonly kind: string;
  readonly status: 'ok' | 'failed' | 'skipped';
  readonly startMs: number;
  readonly durationMs: number;
  readonly error: string | null;
  /** Line of the file, from 1. */
  readonly line?: number;
  /** Rounds of the repeats around it, the outermost first, from 1. */
  readonly rounds?: readonly number[];
  readonly budgetMs?: number;
  /** It was slower than its budget. */
  readonly overBudget?: boolean;
  /** Of a failed expectation: what was waited for, and the message that came nearest. */
  readonly expected?: string;
  readonly actual?: string;
  readonly differences?: readonly Difference[];
  /** Messages that were read and did not match. */
  readonly passedOver?: number;
  /** The last frames of the connection before the failure. */
  readonly frames?: readonly FrameRecord[];
}

/** One of several connections of a conversation: a report of its own without what they share. */
export type ClientReport = { readonly name: string } & Omit<
  Report,
  'schema' | 'name' | 'vantage' | 'steps' | 'clients' | 'differential'
>;

export interface Fix {
  readonly title: string;
  /** Language of the snippet, for highlighting: nginx, http, json, shell, text… */
  readonly language: string;
  readonly snippet: string;
  /** Of a fix for the profile that needs nothing filled in: what its snippet says, value by value. */
  readonly change?: readonly ProfileChange[];
  /** The file of the recognised software that the snippet belongs into, in its usual place. */
  readonly place?: string;
}

/** A value that a profile is to hold, by the keys that lead to it. */
export interface ProfileChange {
  readonly path: readonly string[];
  readonly value: unknown;
}

export interface Finding {
  /** Public and stable: `upgrade.not-websocket`. */
  readonly id: string;
  readonly layer: Layer;
  readonly severity: Severity;
  /** One sentence a person reads first. */
  readonly title: string;
  /** Whose connection it is about, of a conversation of several; absent: that of the report. */
  readonly client?: string;
  readonly explanation: string;
  readonly evidence: readonly string[];
  readonly fixes: readonly Fix[];
}

export type Direction = 'sent' | 'received';

/** One frame of the wire (RFC 6455 5.2), as in a recording. Exactly one of `text` and `base64` is set. */
export interface FrameRecord {
  /** Counts both directions from 0 in the order of the wire. */
  readonly index: number;
  readonly atMs: number;
  readonly direction: Direction;
  readonly opcode: number;
  readonly fin: boolean;
  readonly rsv1: boolean;
  readonly rsv2: boolean;
  readonly rsv3: boolean;
  readonly masked: boolean;
  /** Header and payload. */
  readonly wireBytes: number;
  readonly payloadBytes: number;
  /** The payload, unmasked, not inflated; the first bytes of it when `truncated`. */
  readonly text?: string;
  readonly base64?: string;
  readonly truncated: boolean;
  /** The whole message, inflated (RFC 7692), on the last frame of a compressed one; `bytes` is its full size. */
  readonly inflated?: InflatedMessage;
}

/** Exactly one of `text` and `base64` is set. */
export interface InflatedMessage {
  readonly text?: string;
  readonly base64?: string;
  readonly bytes: number;
  readonly truncated: boolean;
}

export interface ReportError {
  readonly code: string;
  readonly message: string;
  readonly phase: PhaseName;
}

export interface Report {
  readonly schema: typeof REPORT_SCHEMA;
  readonly name: string;
  readonly url: string;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly verdict: Verdict;
  readonly vantage: { readonly host: string; readonly remote: string | null };
  readonly phases: readonly Phase[];
  readonly attempts: readonly Attempt[];
  readonly tls: TlsInfo | null;
  readonly proxy: ProxyInfo | null;
  readonly request: RequestInfo | null;
  readonly response: ResponseInfo | null;
  readonly accept: AcceptInfo | null;
  readonly subprotocol: SubprotocolInfo;
  readonly compression: CompressionInfo;
  readonly roundTrips: RoundTrips | null;
  readonly close: CloseInfo | null;
  readonly expectations: readonly ExpectationResult[];
  readonly steps: readonly StepResult[];
  /** The connections of a conversation of several, in the order in which they connected; the report's own is the first. */
  readonly clients?: readonly ClientReport[];
  readonly findings: readonly Finding[];
  readonly frames: readonly FrameRecord[];
  readonly error: ReportError | null;
  /** What is spoken over the connection, by its canonical name; absent: not known. */
  readonly dialect?: string;
  /** Redirects met on the way, the last one perhaps not followed; absent: none. */
  readonly redirects?: readonly Redirect[];
  /** Second looks that the probe took by itself; absent: none. */
  readonly looks?: readonly Look[];
  /** Where `auth` is oauth2: how its token was had. */
  readonly credentials?: CredentialsInfo;
  /** Absent where HTTP/2 was never spoken; there too where it takes no WebSocket and HTTP/1.1 was used instead. */
  readonly http2?: Http2Info | null;
  /** Only when asked for. */
  readonly differential?: Differential | null;
}

/** What a running probe tells while it runs: the phases so far, the running one with its duration up to now. */
export interface ProbeProgress {
  readonly running: PhaseName | null;
  readonly elapsedMs: number;
  readonly phases: readonly Phase[];
}

/** Exit codes and verdicts ask the same question: did the opening handshake succeed? */
export function isConnected(report: Pick<Report, 'phases'>): boolean {
  return report.phases.some((phase) => phase.name === 'upgrade' && phase.detail['open'] === true);
}
