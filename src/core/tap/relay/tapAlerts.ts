import type { Report } from '../../base/model.js';
import type { SampleSubject } from '../../base/sample.js';
import type { Alert } from '../../base/series.js';
import { processFacts } from '../../lab/processFacts.js';
import { TAP_ALERT_RULES, type TapAlertView } from '../../watch/alertRules.js';
import { Alerts } from '../../watch/alerts.js';
import { Redactor } from '../../redaction/redactor.js';
import type { ObservedSource } from '../../session/observedSource.js';
import type { Relay } from './relay.js';
import type { TapFigures } from './tapFigures.js';

const LOOK_EVERY_MS = 1_000;
const MINUTE_MS = 60_000;
/** Of fewer connections nobody needs to hear that they went. */
const LEAST_OPEN = 20;
/** Memory is looked at so far back, and nothing is said of less than this. */
const MEMORY_MS = 15 * MINUTE_MS;
const LEAST_MEMORY_MS = 5 * MINUTE_MS;
const MEMORY_EVERY_MS = 10_000;
/** What a program may take more without growing. */
const LEAST_GROWTH_BYTES = 16 * 1024 * 1024;
/** So much more connections explain more memory. */
const AS_MANY = 1.1;

export interface TapAlertsOptions {
  readonly subject: SampleSubject;
  readonly relay: Pick<Relay, 'open'> & { readonly figures: Pick<TapFigures, 'lately'> };
  readonly source: Pick<ObservedSource, 'now' | 'secrets'>;
  /** Process of the server; null: none is known. */
  readonly pid: number | null;
  readonly onAlert: (alert: Alert) => void;
}

interface Seen {
  readonly atMs: number;
  readonly open: number;
}

type Memory = Seen & { readonly bytes: number };

/** Holds what passes a tap against the rules, once a second. */
export class TapAlerts {
  readonly #options: TapAlertsOptions;
  readonly #alerts: Alerts<TapAlertView>;
  readonly #redactor: Redactor;
  /** Of the last minute. */
  readonly #open: Seen[] = [];
  readonly #memory: Memory[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(options: TapAlertsOptions) {
    this.#options = options;
    this.#redactor = new Redactor(options.source.secrets);
    this.#alerts = new Alerts(options.subject, TAP_ALERT_RULES);
  }

  get firing(): readonly Alert[] {
    return this.#alerts.firing.map((alert) => this.#redactor.deep(alert));
  }

  start(): void {
    this.#timer = setInterval(() => void this.look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** A connection is over: what is found of it may be the headline of an alert. */
  note(report: Report): void {
    this.#alerts.note(report);
  }

  async look(memoryOf = memoryOfProcess): Promise<void> {
    const { onAlert, pid, relay, source } = this.#options;
    const atMs = source.now();
    const { open } = relay;
    keep(this.#open, { atMs, open }, MINUTE_MS);
    const isDue = atMs - (this.#memory.at(-1)?.atMs ?? -Infinity) >= MEMORY_EVERY_MS;
    const bytes = pid !== null && isDue ? await memoryOf(pid) : null;
    if (bytes !== null) keep(this.#memory, { atMs, open, bytes }, MEMORY_MS);
    const view = {
      plan: null,
      ends: relay.figures.lately(atMs),
      lost: lost(this.#open),
      memoryGrowth: growth(this.#memory),
    };
    for (const alert of this.#alerts.check(view, new Date().toISOString())) onAlert(this.#redactor.deep(alert));
  }
}

/** Of a process whose memory this system does not tell; null: it does. */
export async function whyNoMemory(pid: number | null): Promise<string | null> {
  if (pid === null || (await memoryOfProcess(pid)) !== null) return null;
  return `Of process ${pid} no memory is told: it is not there, or this system does not tell.`;
}

async function memoryOfProcess(pid: number): Promise<number | null> {
  return (await processFacts(pid)).memoryBytes;
}

function keep<Each extends Seen>(seen: Each[], each: Each, forMs: number): void {
  seen.push(each);
  while ((seen[0]?.atMs ?? each.atMs) < each.atMs - forMs) seen.shift();
}

function lost(seen: readonly Seen[]): number | null {
  const most = seen.reduce((peak, { open }) => Math.max(peak, open), 0);
  return most < LEAST_OPEN ? 0 : 1 - (seen.at(-1)?.open ?? most) / most;
}

/** The least of the last minute beside the least of the first: what is collected again is no growth. */
function growth(seen: readonly Memory[]): number | null {
  const [first] = seen;
  const last = seen.at(-1);
  if (!first || !last || last.atMs - first.atMs < LEAST_MEMORY_MS) return null;
  const then = seen.filter(({ atMs }) => atMs - first.atMs <= MINUTE_MS);
  const now = seen.filter(({ atMs }) => last.atMs - atMs <= MINUTE_MS);
  const most = (part: readonly Memory[]) => Math.max(...part.map(({ open }) => open));
  if (most(now) > most(then) * AS_MANY) return null;
  const least = (part: readonly Memory[]) => Math.min(...part.map(({ bytes }) => bytes));
  const more = least(now) - least(then);
  return more < LEAST_GROWTH_BYTES ? 0 : more / least(then);
}
