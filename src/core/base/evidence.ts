import type { FrameViolation } from './frame.js';
import type { Finding, Http2Info, PhaseName, Report } from './model.js';
import type { ProbePlan } from './plan.js';

/** What a 101 gets wrong, named by the finding that explains it. */
export interface HandshakeProblem {
  readonly id:
    | 'upgrade.missing-header'
    | 'upgrade.wrong-upgrade'
    | 'upgrade.accept-mismatch'
    | 'upgrade.accept-missing'
    | 'upgrade.accept-duplicated'
    | 'upgrade.body-on-101'
    | 'subprotocol.none-selected'
    | 'subprotocol.not-offered'
    | 'subprotocol.case'
    | 'subprotocol.several'
    | 'subprotocol.unrequested'
    | 'extension.unrequested'
    | 'extension.invalid';
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly expected: string | null;
  readonly received: string | null;
}

/** Why a probe stopped short. Always data, never thrown away: `code` and `message` are the system's own words. */
export interface Failure {
  readonly phase: PhaseName;
  readonly kind:
    | 'error' /* a system or TLS error with a code */
    | 'timeout' /* our deadline of that phase */
    | 'guard' /* refused address, before or after connecting */
    | 'certificate' /* TLS is up, the certificate was refused by us */
    | 'end' /* the peer sent FIN */
    | 'reset' /* the peer sent RST */
    | 'not-http' /* first bytes are no HTTP status line */
    | 'malformed' /* HTTP, but broken */
    | 'headers-too-large' /* our header limit */
    | 'status' /* a complete HTTP answer other than 101; of a proxy: other than 2xx */
    | 'socks' /* a SOCKS reply other than "granted"; `code` is one of SOCKS_CODES */
    | 'http2' /* HTTP/2 itself says no; `code` is the finding's id: http2.not-supported, http2.refused, http2.goaway… */
    | 'handshake' /* a 101 that fails our checks */
    | 'protocol' /* a frame that breaks RFC 6455, or our own limit */
    | 'closed' /* a Close frame before we wanted one */
    | 'no-reply' /* open, but no reply within messageMs */
    | 'mismatch' /* a reply that does not match */
    | 'expectation' /* an expectation of the profile */
    | 'budget' /* slower than `downMs` */
    | 'input' /* refused before a socket existed */
    | 'credentials' /* the token that `auth` asks for could not be had; `code` is the finding's id */
    | 'cancelled';
  readonly code: string | null;
  readonly message: string;
  /** Where in the profile the step begins that is why; absent: no step is. */
  readonly line?: number;
}

/** Our protocol ping in the hold of a probe. */
export interface PingEvidence {
  readonly answered: boolean;
  /** The peer ended the connection right after the ping, and gave no other reason: how, and after how long. Null: it did not. */
  readonly end: { readonly how: string; readonly afterMs: number } | null;
  /** What became of one more connection on which no ping was sent. Null: none was made, or it told nothing. */
  readonly withoutIt: 'held' | 'ended' | null;
}

/** What our own socket saw after the opening handshake (or instead of it). */
export interface StreamEvidence {
  /** First bytes the peer sent after TCP/TLS, up to 512; where clear text came in the place of TLS that, up to 2,048. */
  readonly firstBytes: Uint8Array;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  /** Who ended TCP first: FIN or RST of the peer, or ourselves; null while it was still open. */
  readonly endedBy: 'server-fin' | 'server-reset' | 'client' | null;
  /** Time from the 101 to the end; null if it never opened. */
  readonly openForMs: number | null;
  /** It was TLS that broke under an open connection. */
  readonly brokeTls: boolean;
  /** The peer's Close frame, wherever it came in the probe. */
  readonly closeReceived: { readonly code: number; readonly reason: string; readonly atMs: number } | null;
  /** We sent Close and `closeMs` ran out. */
  readonly closeTimedOut: boolean;
  readonly violation: FrameViolation | null;
  /** Over HTTP/2: the connection under the stream; null over HTTP/1.1. */
  readonly http2: Http2Info | null;
  /** The peer hung up on plain HTTP without a byte; asked again in TLS it answered (true) or not. Null: never asked. */
  readonly answersTls: boolean | null;
  /** The port did not finish a TLS handshake; asked again in plain HTTP it answered with this status line. Null: it did not, or was not asked. */
  readonly plainAnswer: string | null;
  /** The upgrade was never answered; a GET without one, to the same address, was, with this status line. Null: it was not, or not asked. */
  readonly getAnswer: string | null;
  /** Loopback refused, and this machine's list of listening ports has the port on its other address. Null: it has not, or there is no list. */
  readonly listensAt: '127.0.0.1' | '::1' | null;
  /** It hung up on both; a GET behind the first line of the PROXY protocol was answered, with this status line. Null: it was not, or not asked. */
  readonly proxyLineAnswer: string | null;
  /** The Server header of `getAnswer`. */
  readonly getServer: string | null;
  /** Null where none was sent, or where nothing can be said of it. */
  readonly ping: PingEvidence | null;
  /** Pings of the peer answered, and whether they came as a flood (more than 1,000 a second). */
  readonly pingsReceived: number;
  readonly pingFlood: boolean;
  /** The peer answered a message of ours, or sent more than a greeting by itself. */
  readonly hasTalked: boolean;
}

/** What a live session saw that a probe is too short for. */
export interface SessionEvidence {
  /** Which heartbeat went unanswered for `heartbeatTimeoutMs`, so that we gave the connection up; null if none did. */
  readonly missedHeartbeat: 'ping' | 'message' | null;
  readonly heartbeatTimeoutMs: number | null;
  readonly pingsSent: number;
  readonly pongsReceived: number;
  /** From the last byte in either direction, and from the last byte of the peer, to the end. */
  readonly idleMs: number | null;
  readonly silentMs: number | null;
  /** The most bytes that waited for the peer to read them. */
  readonly maxBufferedBytes: number;
  /** A send was refused because `bufferedBytes` stood at our limit. */
  readonly sendRefused: boolean;
  /** Reading was paused by the person when it ended. */
  readonly paused: boolean;
}

/** What a JWT says of itself (RFC 7519 4.1); nobody has verified it. */
export interface SentToken {
  readonly where: string;
  readonly expiresAt: string;
  /** By this machine's clock. */
  readonly expired: boolean;
  readonly notBefore?: string;
  /** Where it is a plain name or address. */
  readonly issuer?: string;
  readonly audience?: string;
  /** A new one is fetched before it expires. */
  readonly renewed?: boolean;
}

/** On the clock of the run. */
export interface Stall {
  readonly startMs: number;
  readonly endMs: number;
}

/** Everything a rule may look at. Secrets in it are already redacted. */
export interface Evidence {
  /** `plan.secrets` is empty and every credential is redacted. */
  readonly plan: ProbePlan;
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly report: Omit<Report, 'findings' | 'verdict'>;
  readonly failure: Failure | null;
  readonly problems: readonly HandshakeProblem[];
  readonly stream: StreamEvidence;
  /** Messages the peer sent, text (or JSON in binary) only, first 20, each cut at 4,096 characters. */
  readonly messages: readonly string[];
  /** JWTs found in what was sent: when they are good and for whom, never their text. */
  readonly tokens: readonly SentToken[];
  /** Null for a probe. */
  readonly session: SessionEvidence | null;
  /** When nothing of ours ran: what was measured meanwhile may be this machine's time. */
  readonly stalls: readonly Stall[];
  /** `process.platform` of the machine that the probe left from: what can be done there. */
  readonly platform: string;
  /** Wall clock of the probe's start, for rules about dates. */
  readonly now: Date;
}

/** A rule looks at evidence and answers with findings; order within a layer is the order of the table in rules.ts. */
export interface Rule {
  /** Ids it may give. */
  readonly ids: readonly string[];
  readonly diagnose: (evidence: Evidence) => Finding | readonly Finding[] | null;
}
