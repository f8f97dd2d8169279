import type { Fix, PhaseName, Verdict } from './model.js';
import type { NumberedMessages, Returns, Rollup, SampleSubject } from './sample.js';

export interface Percentiles {
  readonly count: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

export interface Headline {
  /** Id of the finding. */
  readonly id: string;
  readonly title: string;
  readonly fix: Fix | null;
}

/** A rule that was broken, or holds again. */
export interface Alert extends SampleSubject {
  readonly rule: string;
  readonly state: 'firing' | 'cleared';
  /** ISO 8601. */
  readonly at: string;
  readonly value: number;
  /** What `value` had to stay at or below. */
  readonly limit: number;
  readonly title: string;
  /** The latest finding that belongs to it; null: none does. */
  readonly headline: Headline | null;
  /** What to do first. */
  readonly fix: Fix;
}

/** How far apart round trips and handshakes lie: p95 over p50. */
export interface Stability {
  readonly roundTripSpread: number;
  readonly handshakeSpread: number;
  /** Round trips jitter while handshakes do not: something behind the handshake queues, a proxy or the application. */
  readonly unstable: boolean;
}

/** Something about the target is not what it was. */
export interface Change extends SampleSubject {
  readonly what: 'address' | 'certificate' | 'subprotocol' | 'server';
  readonly at: string;
  readonly from: string;
  readonly to: string;
}

/** Looks one after another that found it down for one reason. */
export interface Failure {
  /** ISO 8601: the first and the last of them. */
  readonly at: string;
  readonly until: string;
  readonly count: number;
  /** The headline, or what the system said. */
  readonly title: string;
  readonly finding: string | null;
}

/** A watched target as it stands: plain, and as large whatever was seen. */
export interface SeriesSummary extends SampleSubject {
  /** Of the profile, redacted. */
  readonly name: string;
  readonly hold: boolean;
  readonly everyMs: number;
  readonly verdict: Verdict | null;
  /** ISO 8601: since when the verdict is what it is. */
  readonly since: string | null;
  readonly looks: number;
  /** 0 to 1. */
  readonly availability: number | null;
  readonly connected: number;
  /** It was connected since this watch began, whatever was remembered. */
  readonly reached: boolean;
  readonly phases: Readonly<Partial<Record<PhaseName, Percentiles>>>;
  readonly roundTrip: Percentiles | null;
  readonly stability: Stability | null;
  readonly closes: Rollup['closes'];
  readonly findings: Rollup['findings'];
  readonly heartbeats: Rollup['heartbeats'];
  readonly reconnects: number;
  readonly drops: number;
  readonly returns: Returns;
  /** Null: nothing says where messages are numbered, so what was lost is not known. */
  readonly sequence: NumberedMessages | null;
  readonly heldMs: number;
  readonly pausedMs: number;
  readonly changes: readonly Change[];
  readonly failures: readonly Failure[];
  readonly alerts: readonly Alert[];
  /** The latest, oldest first. */
  readonly recent: readonly { readonly at: string; readonly verdict: Verdict | null; readonly ms: number | null }[];
}

/** What was seen of a target in one span of time. */
export interface TimelinePoint {
  /** ISO 8601: where the span begins. */
  readonly at: string;
  readonly verdicts: Readonly<Record<Verdict, number>>;
  /** The median of each phase, in milliseconds. */
  readonly phases: Readonly<Partial<Record<PhaseName, number>>>;
  readonly roundTrip: Percentiles | null;
  readonly closes: Rollup['closes'];
  /** Headlines by their id. */
  readonly findings: Rollup['findings'];
  readonly drops: number;
  readonly pausedMs: number;
}

/** A target over time: points in order, none where nothing was seen. */
export interface Timeline {
  readonly fromMs: number;
  readonly toMs: number;
  /** What each point spans. */
  readonly spanMs: number;
  readonly points: readonly TimelinePoint[];
}

/** Epoch milliseconds, and how many points at most there is room for. */
export interface TimelineRange {
  readonly fromMs: number;
  readonly toMs: number;
  readonly points: number;
}
