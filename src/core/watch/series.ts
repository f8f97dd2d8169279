import type { PhaseName, Report, Verdict } from '../base/model.js';
import { quoteText } from '../base/plainText.js';
import type { ProbePlan } from '../base/plan.js';
import type { Rollup, Sample, SampleSubject } from '../base/sample.js';
import { Redactor } from '../redaction/redactor.js';
import { Aggregate, type Percentiles } from './aggregate.js';
import { type Alert, Alerts } from './alerts.js';
import { Recent } from './recent.js';
import { type Stability, stabilityOf } from './stability.js';

const LATELY_MS = 5 * 60_000;
const MAX_CHANGES = 50;
/** Looks in which what takes turns is seen again. */
const TURNS = 20;
const MAX_FAILURES = 5;
/** As many as a sparkline shows. */
const SHOWN = 60;

/** What a target can be seen to change, and how it is called. */
const WATCHED = {
  address: 'address',
  certificate: 'certificate',
  subprotocol: 'subprotocol',
  serverFingerprint: 'server',
} as const;

/** Something about the target is not what it was. */
export interface Change extends SampleSubject {
  readonly what: (typeof WATCHED)[keyof typeof WATCHED];
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

/** What a sample has brought about. */
export interface Noticed {
  /** The verdict before; null of the first. */
  readonly before: Verdict | null;
  readonly turned: boolean;
  /** Why it is not well, in a sentence; empty where it is. */
  readonly why: string;
  readonly changes: readonly Change[];
  readonly alerts: readonly Alert[];
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
  readonly heldMs: number;
  readonly pausedMs: number;
  readonly changes: readonly Change[];
  readonly failures: readonly Failure[];
  readonly alerts: readonly Alert[];
  /** The latest, oldest first. */
  readonly recent: readonly { readonly at: string; readonly verdict: Verdict | null; readonly ms: number | null }[];
}

/** All that is known of one watched target. */
export class Series {
  readonly subject: SampleSubject;
  readonly #plan: ProbePlan;
  readonly #total: Aggregate;
  readonly #recent = new Recent();
  readonly #alerts: Alerts;
  readonly #changes: Change[] = [];
  readonly #failures: Failure[] = [];
  #verdict: Verdict | null = null;
  #since: string | null = null;
  #reached = false;
  #summary: SeriesSummary | null = null;
  #latest: Report | null = null;

  constructor(plan: ProbePlan, subject: SampleSubject) {
    this.subject = subject;
    this.#plan = plan;
    this.#total = new Aggregate(subject);
    this.#alerts = new Alerts(subject);
  }

  /** What was kept of it before. */
  remember(rollup: Rollup): void {
    this.#summary = null;
    this.#total.merge(rollup);
  }

  /** The report that the next sample is made of, or that came about before it. */
  note(report: Report): void {
    this.#latest = report;
    this.#alerts.note(report);
  }

  /** `atMs` is monotonic. */
  add(sample: Sample, atMs: number): Noticed {
    this.#summary = null;
    const changes = this.#changesOf(sample);
    this.#total.add(sample);
    this.#recent.add(sample, atMs);
    const before = this.#verdict;
    if (sample.verdict === null) return { before, turned: false, why: '', changes: [], alerts: [] };
    const why = this.#why(sample);
    if (sample.verdict === 'down') this.#failed(sample, why);
    const turned = sample.verdict !== before;
    if (turned) this.#since = sample.at;
    this.#verdict = sample.verdict;
    this.#reached ||= sample.connected;
    const lately = this.#recent.within(LATELY_MS, atMs);
    const alerts = this.#alerts.check({ plan: this.#plan, looks: this.#recent.looks, lately }, sample.at);
    return { before, turned, why, changes, alerts };
  }

  /** Made anew only when something came to it: who shows two hundred asks often. */
  summary(): SeriesSummary {
    this.#summary ??= this.#sumUp();
    return this.#summary;
  }

  #sumUp(): SeriesSummary {
    const { closes, drops, findings, heartbeats, heldMs, pausedMs, reconnects } = this.#total.rollup('');
    return {
      ...this.subject,
      name: new Redactor(this.#plan.secrets).text(this.#plan.name),
      hold: this.#plan.watch.hold,
      everyMs: this.#plan.watch.everyMs,
      verdict: this.#verdict,
      since: this.#since,
      looks: this.#total.samples,
      availability: this.#total.availability,
      connected: this.#total.connected,
      reached: this.#reached,
      phases: this.#total.phases,
      roundTrip: this.#total.roundTrip,
      stability: stabilityOf(this.#recent.looks),
      closes,
      findings,
      heartbeats,
      reconnects,
      drops,
      heldMs,
      pausedMs,
      changes: [...this.#changes],
      failures: [...this.#failures],
      alerts: this.#alerts.firing,
      recent: this.#recent.samples.slice(-SHOWN).map((sample) => ({
        at: sample.at,
        verdict: sample.verdict,
        ms: sample.roundTripMs ?? sample.phases.upgrade ?? null,
      })),
    };
  }

  #failed({ at, finding }: Sample, title: string): void {
    const last = this.#failures.at(-1);
    const before = this.#verdict === 'down' && last?.finding === finding ? last : null;
    if (before) this.#failures.pop();
    this.#failures.push({ at: before?.at ?? at, until: at, count: (before?.count ?? 0) + 1, title, finding });
    if (this.#failures.length > MAX_FAILURES) this.#failures.shift();
  }

  #why({ error, finding, verdict }: Sample): string {
    if (verdict === 'healthy') return '';
    const findings = this.#latest?.findings ?? [];
    const headline = findings.find(({ id }) => id === finding) ?? findings[0];
    return quoteText(headline?.title ?? error?.message ?? '', 300);
  }

  #changesOf(sample: Sample): readonly Change[] {
    // Of a refusal the one who refuses was seen.
    if (!sample.connected) return [];
    const before = this.#total.seen;
    // A name of several addresses, or a balancer over several servers, takes turns: that is no change.
    const lately = this.#recent.looks.slice(-TURNS).filter(({ connected }) => connected);
    const changes = (Object.keys(WATCHED) as (keyof typeof WATCHED)[]).flatMap((key) => {
      const from = before[key];
      const to = sample[key];
      const isKnown = from === null || to === null || from === to || lately.some((each) => each[key] === to);
      return isKnown ? [] : [{ ...this.subject, what: WATCHED[key], at: sample.at, from, to }];
    });
    this.#changes.push(...changes);
    this.#changes.splice(0, this.#changes.length - MAX_CHANGES);
    return changes;
  }
}
