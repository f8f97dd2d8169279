import type { HistogramRecord } from './histogram.js';
import { isConnected, type PhaseName, type Report, type ReportError, type Verdict } from './model.js';
import { quoteText } from './plainText.js';

export const SAMPLE_SCHEMA = 'wsprobe.sample/1';
export const ROLLUP_SCHEMA = 'wsprobe.rollup/1';

/** `pause`: our own timer was late (sleep, a stopped process), and nothing is known of the target. */
type SampleKind = 'probe' | 'hold' | 'pause';

/** Who a sample is about: the address, redacted, and the profile as it was named; null for an address alone. */
export interface SampleSubject {
  readonly target: string;
  readonly profile: string | null;
}

/** One look at a target: a line of `watch --json` and of its history. Null is what was not seen. */
export interface Sample extends SampleSubject {
  readonly schema: typeof SAMPLE_SCHEMA;
  readonly kind: SampleKind;
  /** ISO 8601 by the wall clock: when it was begun. */
  readonly at: string;
  /** Null of a pause. */
  readonly verdict: Verdict | null;
  /** Milliseconds of the phases that ran. */
  readonly phases: Readonly<Partial<Record<PhaseName, number>>>;
  /** The median, where there were several. */
  readonly roundTripMs: number | null;
  /** Of the answer to the upgrade request. */
  readonly status: number | null;
  readonly closeCode: number | null;
  readonly clean: boolean | null;
  /** Id of the headline finding. */
  readonly finding: string | null;
  /** IP address of the machine that was reached. */
  readonly address: string | null;
  readonly certificateDaysLeft: number | null;
  /** What the answer says of its software, in a line. */
  readonly serverFingerprint: string | null;
  readonly error: ReportError | null;
  /** It was open: the opening handshake succeeded, or the held connection stands. */
  readonly connected: boolean;
  readonly subprotocol: string | null;
  /** SHA-256 of the server's certificate. */
  readonly certificate: string | null;
  /** Of a held connection, since the sample before: how long it stands, heartbeats, connections begun anew, and ended. */
  readonly heldMs?: number;
  readonly heartbeats?: Heartbeats;
  readonly reconnects?: number;
  readonly drops?: number;
  /** Of a held connection: how it came back from drops. */
  readonly returns?: Returns;
  /** Of a held connection whose profile says where messages are numbered (`watch.sequence`). */
  readonly sequence?: NumberedMessages;
  /** Of a pause: how long nothing was seen. */
  readonly pausedMs?: number;
}

/** Beats that are decided: answered, or given up. */
export interface Heartbeats {
  readonly sent: number;
  readonly answered: number;
}

/** Times that a held connection stood again after a drop, and how many of these took one try. */
export interface Returns {
  readonly count: number;
  readonly atFirstTry: number;
}

/** What the numbers in messages say, since the sample before. */
export interface NumberedMessages {
  /** Messages that had a number. */
  readonly numbered: number;
  /** Numbers that never came, between those that did. */
  readonly lost: number;
  /** Numbers that came again. */
  readonly repeated: number;
  /** Times that the count began anew: what was lost there cannot be told. */
  readonly unknown: number;
}

/** The samples of one minute about one target, together. Rollups of one minute add up. */
export interface Rollup extends SampleSubject {
  readonly schema: typeof ROLLUP_SCHEMA;
  /** ISO 8601: where the minute begins. */
  readonly at: string;
  readonly samples: Readonly<Record<SampleKind, number>>;
  readonly connected: number;
  readonly verdicts: Readonly<Record<Verdict, number>>;
  readonly phases: Readonly<Partial<Record<PhaseName, HistogramRecord>>>;
  readonly roundTrip: HistogramRecord | null;
  readonly closes: readonly { readonly code: number; readonly clean: boolean; readonly count: number }[];
  /** Headlines by their id. */
  readonly findings: Readonly<Record<string, number>>;
  readonly heartbeats: Heartbeats;
  readonly reconnects: number;
  readonly drops: number;
  readonly returns?: Returns;
  /** Of a held connection whose messages are numbered. */
  readonly sequence?: NumberedMessages;
  readonly pausedMs: number;
  /** The longest that a connection was held. */
  readonly heldMs: number;
  /** What was last seen of each. */
  readonly address: string | null;
  readonly certificate: string | null;
  readonly certificateDaysLeft: number | null;
  readonly subprotocol: string | null;
  readonly serverFingerprint: string | null;
}

/** What a report comes to in a series. What a server said is plain text in it, bounded. */
export function sampleOf(report: Report, subject: SampleSubject): Sample {
  return {
    schema: SAMPLE_SCHEMA,
    kind: 'probe',
    at: report.startedAt,
    ...subject,
    verdict: report.verdict,
    ...factsOf(report),
    closeCode: report.close?.code ?? null,
    clean: report.close?.clean ?? null,
  };
}

/** What a report says of the connection and of who answered. */
export function factsOf(report: Report): Omit<Sample, keyof SampleSubject | Unseen> {
  const leaf = report.tls?.chain[0];
  const headline = report.findings[0];
  const isTold = headline !== undefined && (headline.severity !== 'info' || report.verdict !== 'healthy');
  const { error } = report;
  return {
    phases: phasesOf(report),
    roundTripMs: report.roundTrips?.p50Ms ?? null,
    status: report.response?.status ?? null,
    finding: isTold ? headline.id : null,
    address: report.attempts.find((attempt) => attempt.error === null)?.address ?? null,
    certificateDaysLeft: leaf?.daysLeft ?? null,
    serverFingerprint: fingerprintOf(report),
    error: error && { ...error, message: quoteText(error.message, 300) },
    connected: isConnected(report),
    subprotocol: report.subprotocol.selected === null ? null : quoteText(report.subprotocol.selected, 200),
    certificate: leaf?.fingerprint256 ?? null,
  };
}

type Unseen =
  | 'schema'
  | 'kind'
  | 'at'
  | 'verdict'
  | 'closeCode'
  | 'clean'
  | 'heldMs'
  | 'heartbeats'
  | 'reconnects'
  | 'drops'
  | 'returns'
  | 'sequence'
  | 'pausedMs';

/** Nothing was seen for `pausedMs`, and that was our own doing. */
export function pauseSample(subject: SampleSubject, at: string, pausedMs: number): Sample {
  return {
    schema: SAMPLE_SCHEMA,
    kind: 'pause',
    at,
    ...subject,
    verdict: null,
    phases: {},
    roundTripMs: null,
    status: null,
    closeCode: null,
    clean: null,
    finding: null,
    address: null,
    certificateDaysLeft: null,
    serverFingerprint: null,
    error: null,
    connected: false,
    subprotocol: null,
    certificate: null,
    pausedMs,
  };
}

function phasesOf({ phases }: Report): Sample['phases'] {
  const ran = phases.filter(({ status }) => status !== 'skipped' && status !== 'not-reached');
  return Object.fromEntries(ran.map(({ name, durationMs }) => [name, durationMs]));
}

/** Headers by which software names itself. What changes from answer to answer (ids, dates) is not among them. */
const SIGNS = ['server', 'x-powered-by', 'via', 'x-served-by', 'x-aspnet-version'];

function fingerprintOf({ response }: Report): string | null {
  const said = SIGNS.flatMap((sign) =>
    (response?.headers ?? []).filter(([name]) => name.toLowerCase() === sign).map(([, value]) => `${sign}: ${value}`),
  );
  return said.length === 0 ? null : quoteText(said.join('; '), 200);
}
