import type { SeriesSummary, Change, Failure, Alert } from '../base/series.js';
import type { Report, Verdict } from '../base/model.js';
import { quoteText } from '../base/plainText.js';
import type { ProbePlan } from '../base/plan.js';
import type { Rollup, Sample, SampleSubject } from '../base/sample.js';
import { Redactor } from '../redaction/redactor.js';
import { lostText } from '../text/sequenceText.js';
import { Aggregate } from './aggregate.js';
import { ALERT_RULES, type AlertView, watchedEnds } from './alertRules.js';
import { Alerts } from './alerts.js';
import { Recent } from './recent.js';
import { stabilityOf } from './stability.js';

const MINUTE_MS = 60_000;
const LATELY_MS = 5 * MINUTE_MS;
const QUARTER_MS = 15 * MINUTE_MS;
const MAX_CHANGES = 50;
const NO_RETURNS = { count: 0, atFirstTry: 0 } as const;
/** Looks in which what takes turns is seen again. */
const TURNS = 20;
const MAX_FAILURES = 5;
/** Reports of a few dozen KB each, of 200 targets at once. */
const MAX_REPORTS = 8;
/** As many as a sparkline shows. */
const SHOWN = 60;

/** What a target can be seen to change, and how it is called. */
const WATCHED = {
  address: 'address',
  certificate: 'certificate',
  subprotocol: 'subprotocol',
  serverFingerprint: 'server',
} as const;

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

/** All that is known of one watched target. */
export class Series {
  readonly subject: SampleSubject;
  readonly #plan: ProbePlan;
  readonly #total: Aggregate;
  readonly #recent = new Recent();
  readonly #alerts: Alerts<AlertView>;
  readonly #changes: Change[] = [];
  readonly #failures: Failure[] = [];
  #verdict: Verdict | null = null;
  #since: string | null = null;
  #reached = false;
  #summary: SeriesSummary | null = null;
  #latest: Report | null = null;
  /** The latest, and of those that were not well some. */
  readonly #reports: Report[] = [];

  constructor(plan: ProbePlan, subject: SampleSubject) {
    this.subject = subject;
    this.#plan = plan;
    this.#total = new Aggregate(subject);
    this.#alerts = new Alerts(subject, ALERT_RULES);
  }

  /** What was kept of it before. */
  remember(rollup: Rollup): void {
    this.#summary = null;
    this.#total.merge(rollup);
  }

  /** The report that the next sample is made of, or that came about before it. */
  note(report: Report): void {
    const isHealthy = ({ verdict }: Report) => verdict === 'healthy';
    const before = this.#reports.findIndex(isHealthy);
    if (isHealthy(report) && before >= 0) this.#reports.splice(before, 1);
    this.#latest = report;
    this.#reports.push(report);
    // The last healthy one stays: the others are compared with it.
    if (this.#reports.length > MAX_REPORTS) this.#reports.splice(isHealthy(this.#reports[0] as Report) ? 1 : 0, 1);
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
    const within = (ms: number) => this.#recent.within(ms, atMs);
    const spans = { lately: within(LATELY_MS), minute: within(MINUTE_MS), quarter: within(QUARTER_MS) };
    const seen = { looks: this.#recent.looks, ...spans };
    const alerts = this.#alerts.check({ plan: this.#plan, ...seen, ends: watchedEnds(seen) }, sample.at);
    return { before, turned, why, changes, alerts };
  }

  /** The reports that are still there, oldest first: the latest, the last healthy one, and the last of those that were not. */
  get reports(): readonly Report[] {
    return this.#reports;
  }

  /** What came lately, as long as nothing else keeps it. */
  get lately(): readonly Sample[] {
    return this.#recent.samples;
  }

  /** Made anew only when something came to it: who shows two hundred asks often. */
  summary(): SeriesSummary {
    this.#summary ??= this.#sumUp();
    return this.#summary;
  }

  #sumUp(): SeriesSummary {
    const {
      closes,
      drops,
      findings,
      heartbeats,
      heldMs,
      pausedMs,
      reconnects,
      returns = NO_RETURNS,
      sequence = null,
    } = this.#total.rollup('');
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
      returns,
      sequence,
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

  #why({ error, finding, sequence, verdict }: Sample): string {
    if (verdict === 'healthy') return '';
    if (verdict === 'degraded' && finding === null && sequence && sequence.lost > 0) return lostText(sequence.lost);
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
