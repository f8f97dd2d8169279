import type { Report } from '../../base/model.js';
import type { ProbePlan } from '../../base/plan.js';
import type { ProbeOptions } from '../../probe/probeOptions.js';
import { runProbe } from '../../probe/runProbe.js';
import { Redactor } from '../../redaction/redactor.js';
import { Collector, type CollectorOptions } from './collector.js';
import { traced } from './traceContext.js';
import { traceOf } from './traceOf.js';

export interface TracerOptions extends CollectorOptions {
  /** Of wsprobe. */
  readonly version: string;
  /** Hears, in a sentence, what could not be delivered and why; not the same twice in a row. */
  readonly onTrouble: (sentence: string) => void;
}

/** Waiting for a collector that is slower than the probes. */
const MAX_WAITING = 200;
const ENDING_MS = 5_000;

/** Probes whose traces go to a collector. What becomes of a trace changes nothing of its probe. */
export class Tracer {
  readonly #options: TracerOptions;
  readonly #collector: Collector;
  readonly #waiting: string[] = [];
  #sending: Promise<void> | null = null;
  #lost = 0;
  #told: string | null = null;

  constructor(options: TracerOptions) {
    this.#options = options;
    this.#collector = new Collector(options);
  }

  /** As `runProbe`, with `traceparent` on the upgrade requests. */
  readonly probe = async (plan: ProbePlan, options: ProbeOptions = {}): Promise<Report> => {
    const { context, plan: dressed } = traced(plan);
    const report = await runProbe(dressed, options);
    const redactor = new Redactor(plan.secrets);
    const { version } = this.#options;
    this.#send(JSON.stringify(traceOf(report, context, { version, redact: (text) => redactor.text(text) })));
    return report;
  };

  /** Delivers what waits, within 5 s, and tells how much was not. */
  async end(): Promise<void> {
    if (this.#sending) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, ENDING_MS);
      });
      await Promise.race([this.#sending, late]);
      clearTimeout(timer);
      this.#lost += this.#waiting.splice(0).length;
      this.#collector.close();
      await this.#sending;
    }
    this.#collector.close();
    const traces = this.#lost === 1 ? 'One trace was' : `${this.#lost} traces were`;
    if (this.#lost > 0) this.#options.onTrouble(`${traces} not delivered.`);
  }

  #send(body: string): void {
    if (this.#waiting.length >= MAX_WAITING) {
      this.#waiting.shift();
      this.#lost += 1;
      this.#tell(`more than ${MAX_WAITING} traces wait for it`);
    }
    this.#waiting.push(body);
    this.#sending ??= this.#drain();
  }

  async #drain(): Promise<void> {
    for (let body = this.#waiting.shift(); body !== undefined; body = this.#waiting.shift()) {
      const trouble = await this.#collector.post(body);
      if (trouble !== null) this.#lost += 1;
      if (trouble === null) this.#told = null;
      else this.#tell(trouble);
    }
    this.#sending = null;
  }

  #tell(trouble: string): void {
    if (trouble === this.#told) return;
    this.#told = trouble;
    const { origin, pathname } = this.#options.url;
    this.#options.onTrouble(`A trace could not be delivered to ${origin}${pathname}: ${trouble}.`);
  }
}
