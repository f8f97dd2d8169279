import type { Percentiles } from '../base/series.js';
import { Histogram, type HistogramRecord } from '../base/histogram.js';
import type { PhaseName, Verdict } from '../base/model.js';
import {
  type Heartbeats,
  type NumberedMessages,
  type Returns,
  ROLLUP_SCHEMA,
  type Rollup,
  type Sample,
  type SampleSubject,
} from '../base/sample.js';

type LastSeen = Pick<Rollup, 'address' | 'certificate' | 'certificateDaysLeft' | 'subprotocol' | 'serverFingerprint'>;

const UNSEEN: LastSeen = {
  address: null,
  certificate: null,
  certificateDaysLeft: null,
  subprotocol: null,
  serverFingerprint: null,
};

/** Headlines that are told apart; those of a server that thinks up new ones are not. */
const MAX_FINDINGS = 100;

/** Samples of one target together, however many: sums, histograms, and what was seen last. Samples and rollups add up. */
export class Aggregate {
  readonly #subject: SampleSubject;
  readonly #samples: Record<Sample['kind'], number> = { probe: 0, hold: 0, pause: 0 };
  readonly #verdicts: Record<Verdict, number> = { healthy: 0, degraded: 0, down: 0 };
  readonly #phases = new Map<PhaseName, Histogram>();
  readonly #roundTrip = new Histogram();
  readonly #closes = new Map<string, { readonly code: number; readonly clean: boolean; count: number }>();
  readonly #findings = new Map<string, number>();
  #heartbeats: Heartbeats = { sent: 0, answered: 0 };
  #connected = 0;
  #reconnects = 0;
  #drops = 0;
  #returns: Returns | null = null;
  #sequence: NumberedMessages | null = null;
  #pausedMs = 0;
  #heldMs = 0;
  #seen: LastSeen = UNSEEN;

  constructor(subject: SampleSubject) {
    this.#subject = subject;
  }

  add(sample: Sample): void {
    this.#samples[sample.kind] += 1;
    this.#pausedMs += sample.pausedMs ?? 0;
    if (sample.verdict === null) return;
    this.#verdicts[sample.verdict] += 1;
    if (sample.connected) this.#connected += 1;
    for (const [name, ms] of Object.entries(sample.phases) as [PhaseName, number][]) this.#phase(name).add(ms);
    if (sample.roundTripMs !== null) this.#roundTrip.add(sample.roundTripMs);
    if (sample.closeCode !== null) this.#close(sample.closeCode, sample.clean ?? false, 1);
    if (sample.finding !== null) this.#finding(sample.finding, 1);
    this.#beats(sample.heartbeats ?? { sent: 0, answered: 0 });
    this.#reconnects += sample.reconnects ?? 0;
    this.#drops += sample.drops ?? 0;
    this.#cameBack(sample.returns);
    this.#numbers(sample.sequence);
    this.#heldMs = Math.max(this.#heldMs, sample.heldMs ?? 0);
    // Of a refusal the one who refuses was seen, and not who answers when it is well.
    this.#look(sample.connected ? sample : { ...UNSEEN, certificateDaysLeft: sample.certificateDaysLeft });
  }

  merge(rollup: Rollup): void {
    for (const kind of ['probe', 'hold', 'pause'] as const) this.#samples[kind] += rollup.samples[kind];
    for (const verdict of ['healthy', 'degraded', 'down'] as const) this.#verdicts[verdict] += rollup.verdicts[verdict];
    this.#connected += rollup.connected;
    for (const [name, record] of Object.entries(rollup.phases) as [PhaseName, HistogramRecord][])
      this.#phase(name).merge(record);
    if (rollup.roundTrip) this.#roundTrip.merge(rollup.roundTrip);
    for (const { code, clean, count } of rollup.closes) this.#close(code, clean, count);
    for (const [id, count] of Object.entries(rollup.findings)) this.#finding(id, count);
    this.#beats(rollup.heartbeats);
    this.#reconnects += rollup.reconnects;
    this.#drops += rollup.drops;
    this.#cameBack(rollup.returns);
    this.#numbers(rollup.sequence);
    this.#pausedMs += rollup.pausedMs;
    this.#heldMs = Math.max(this.#heldMs, rollup.heldMs);
    this.#look(rollup);
  }

  get samples(): number {
    return this.#samples.probe + this.#samples.hold;
  }

  get connected(): number {
    return this.#connected;
  }

  get seen(): LastSeen {
    return this.#seen;
  }

  /** Share of the looks that found it healthy or degraded; null without any. */
  get availability(): number | null {
    return this.samples === 0 ? null : 1 - this.#verdicts.down / this.samples;
  }

  get phases(): Partial<Record<PhaseName, Percentiles>> {
    return Object.fromEntries([...this.#phases].map(([name, histogram]) => [name, percentilesOf(histogram)]));
  }

  get roundTrip(): Percentiles | null {
    return this.#roundTrip.count === 0 ? null : percentilesOf(this.#roundTrip);
  }

  rollup(at: string): Rollup {
    return {
      schema: ROLLUP_SCHEMA,
      at,
      ...this.#subject,
      samples: { ...this.#samples },
      connected: this.#connected,
      verdicts: { ...this.#verdicts },
      phases: Object.fromEntries([...this.#phases].map(([name, histogram]) => [name, histogram.record()])),
      roundTrip: this.#roundTrip.count === 0 ? null : this.#roundTrip.record(),
      closes: [...this.#closes.values()].map((close) => ({ ...close })).sort((a, b) => a.code - b.code),
      findings: Object.fromEntries(this.#findings),
      heartbeats: this.#heartbeats,
      reconnects: this.#reconnects,
      drops: this.#drops,
      ...(this.#returns ? { returns: this.#returns } : {}),
      ...(this.#sequence ? { sequence: this.#sequence } : {}),
      pausedMs: this.#pausedMs,
      heldMs: this.#heldMs,
      ...this.#seen,
    };
  }

  #phase(name: PhaseName): Histogram {
    const histogram = this.#phases.get(name) ?? new Histogram();
    this.#phases.set(name, histogram);
    return histogram;
  }

  #close(code: number, clean: boolean, count: number): void {
    const key = `${code} ${clean}`;
    const known = this.#closes.get(key);
    if (known) known.count += count;
    else this.#closes.set(key, { code, clean, count });
  }

  #finding(id: string, count: number): void {
    const known = this.#findings.get(id);
    if (known !== undefined || this.#findings.size < MAX_FINDINGS) this.#findings.set(id, (known ?? 0) + count);
  }

  #beats({ sent, answered }: Heartbeats): void {
    this.#heartbeats = { sent: this.#heartbeats.sent + sent, answered: this.#heartbeats.answered + answered };
  }

  #cameBack(more: Returns | undefined): void {
    if (more === undefined) return;
    const { atFirstTry, count } = this.#returns ?? { count: 0, atFirstTry: 0 };
    this.#returns = { count: count + more.count, atFirstTry: atFirstTry + more.atFirstTry };
  }

  #numbers(more: NumberedMessages | undefined): void {
    if (more === undefined) return;
    const { numbered, lost, repeated, unknown } = this.#sequence ?? { numbered: 0, lost: 0, repeated: 0, unknown: 0 };
    this.#sequence = {
      numbered: numbered + more.numbered,
      lost: lost + more.lost,
      repeated: repeated + more.repeated,
      unknown: unknown + more.unknown,
    };
  }

  /** What a look did not come to see stays as it was seen before. */
  #look(seen: LastSeen): void {
    const before = this.#seen;
    this.#seen = {
      address: seen.address ?? before.address,
      certificate: seen.certificate ?? before.certificate,
      certificateDaysLeft: seen.certificateDaysLeft ?? before.certificateDaysLeft,
      subprotocol: seen.subprotocol ?? before.subprotocol,
      serverFingerprint: seen.serverFingerprint ?? before.serverFingerprint,
    };
  }
}

function percentilesOf(histogram: Histogram): Percentiles {
  const at = (percent: number) => Math.round((histogram.percentile(percent) ?? 0) * 1000) / 1000;
  return { count: histogram.count, p50Ms: at(50), p95Ms: at(95), p99Ms: at(99) };
}
