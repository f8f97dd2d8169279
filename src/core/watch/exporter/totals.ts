import { Counter, Gauge, Histogram } from 'prom-client';
import type { Report } from '../../base/model.js';
import { plainText } from '../../base/plainText.js';
import type { SampleSubject } from '../../base/sample.js';
import { type Format, MAX_LABEL, registryFor, seconds, VERDICTS } from './probeMetrics.js';

/** More are counted together, as `other`. */
const MAX_TARGETS = 500;
const MAX_OWN_CODES = 100;
const OTHER = 'other';

/** Codes that alerts look at, as they usually come. */
const WATCHED_CODES = [
  ['1000', 'true'],
  ['1006', 'false'],
  ['1011', 'true'],
  ['1012', 'true'],
  ['1013', 'true'],
] as const;

const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const OF_TARGET = ['target', 'profile'];

/** Why a request was not answered with a probe. */
export type Refusal = 'busy' | 'not-allowed' | 'bad-request';

/** What probes came to since the exporter began, by target. Two registries: writing one as OpenMetrics renames its counters. */
export class Totals {
  readonly #sets: Readonly<Record<Format, Counted>> = { openmetrics: counted('openmetrics'), text: counted('text') };
  readonly #targets = new Set<string>();
  readonly #codes = new Set<number>();

  add(report: Report, subject: SampleSubject): void {
    const labels = this.#labelsOf(subject);
    const { close, roundTrips, verdict } = report;
    const code = close === null || close.code === null ? null : this.#codeLabel(close.code);
    for (const { closes, probes, roundTrip } of Object.values(this.#sets)) {
      // From the first probe on, whatever it came to: a counter that appears with 1 has no increase.
      for (const each of VERDICTS) probes.inc({ verdict: each, ...labels }, each === verdict ? 1 : 0);
      for (const [usual, clean] of WATCHED_CODES) closes.inc({ code: usual, clean, ...labels }, 0);
      if (close && code !== null) closes.inc({ code, clean: String(close.clean), ...labels });
      for (const ms of roundTrips?.samplesMs ?? []) roundTrip.observe(labels, seconds(ms));
    }
  }

  refused(reason: Refusal): void {
    for (const { refused } of Object.values(this.#sets)) refused.inc({ reason });
  }

  /** `underWay`: probes at this moment. */
  async write(format: Format, underWay: number): Promise<string> {
    const { registry, running } = this.#sets[format];
    running.set(underWay);
    return registry.metrics();
  }

  #labelsOf({ profile, target }: SampleSubject): { readonly target: string; readonly profile: string } {
    const key = JSON.stringify([target, profile]);
    if (!this.#targets.has(key) && this.#targets.size >= MAX_TARGETS) return { target: OTHER, profile: OTHER };
    this.#targets.add(key);
    return { target: plainText(target, MAX_LABEL), profile: plainText(profile ?? '', MAX_LABEL) };
  }

  /** A peer chooses among thousands of codes: those of RFC 6455 have their own, of the others the first that came. */
  #codeLabel(code: number): string {
    if (code >= 1000 && code <= 1015) return String(code);
    if (!this.#codes.has(code) && this.#codes.size >= MAX_OWN_CODES) return OTHER;
    this.#codes.add(code);
    return String(code);
  }
}

type Counted = ReturnType<typeof counted>;

function counted(format: Format) {
  const registry = registryFor(format);
  const registers = [registry];
  return {
    registry,
    probes: new Counter({
      name: 'wsprobe_probes_total',
      help: 'Probes by their verdict.',
      labelNames: ['verdict', ...OF_TARGET],
      registers,
    }),
    closes: new Counter({
      name: 'wsprobe_closes_total',
      help: 'Ends of connections by close code, and whether they were clean.',
      labelNames: ['code', 'clean', ...OF_TARGET],
      registers,
    }),
    roundTrip: new Histogram({
      name: 'wsprobe_round_trip_seconds',
      help: 'Round trips of messages or pings.',
      labelNames: OF_TARGET,
      buckets: BUCKETS,
      registers,
    }),
    refused: new Counter({
      name: 'wsprobe_exporter_refused_total',
      help: 'Requests for a probe that was not made.',
      labelNames: ['reason'],
      registers,
    }),
    running: new Gauge({ name: 'wsprobe_exporter_probes_running', help: 'Probes under way.', registers }),
  };
}
