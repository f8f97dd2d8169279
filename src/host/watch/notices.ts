import { quoteText } from '../../core/base/plainText.js';
import type { Verdict } from '../../core/base/model.js';
import { Coalescer } from '../../protocol/coalescer.js';
import type { Watched, WatchJobEvent } from './watched.js';

type VerdictEvent = Extract<WatchJobEvent, { readonly kind: 'verdict' }>;
type AlertEvent = Extract<WatchJobEvent, { readonly kind: 'alert' }>;

export interface Notice {
  readonly watched: Watched;
  /** A verdict, or null of an alert. */
  readonly to: Verdict | null;
  /** Why, in a sentence of one line; empty where there is nothing to say. */
  readonly why: string;
  /** What to do first, to be pasted. */
  readonly fix: string | null;
}

/** A target that turns again and again is told of no more often. */
export const NOTICE_MS = 10_000;

interface Told {
  verdict: Verdict | null;
  readonly turns: Coalescer<VerdictEvent>;
  /** When each rule was told last. */
  readonly alerts: Map<string, number>;
}

/** What a person is told of what is watched: a verdict that is another than the last they were told, and an alert that fires. */
export class Notices {
  readonly #show: (notice: Notice) => void;
  readonly #now: () => number;
  readonly #told = new Map<string, Told>();

  constructor(show: (notice: Notice) => void, now: () => number = () => performance.now()) {
    this.#show = show;
    this.#now = now;
  }

  note(watched: Watched, event: WatchJobEvent): void {
    const told = this.#told.get(watched.id) ?? this.#begin(watched);
    if (event.kind === 'verdict') told.turns.push(event);
    if (event.kind === 'alert' && event.alert.state === 'firing') this.#alert(watched, told, event);
  }

  /** It is watched no longer: what waits is not told. */
  forget({ id }: Watched): void {
    this.#told.get(id)?.turns.dispose();
    this.#told.delete(id);
  }

  dispose(): void {
    for (const { turns } of this.#told.values()) turns.dispose();
    this.#told.clear();
  }

  #begin(watched: Watched): Told {
    const turns = new Coalescer<VerdictEvent>(NOTICE_MS, ({ from, title, to }) => {
      // It may have turned back meanwhile.
      if (to === (told.verdict ?? from)) return;
      told.verdict = to;
      this.#show({ watched, to, why: quoteText(title, 300), fix: null });
    });
    const told: Told = { verdict: null, turns, alerts: new Map() };
    this.#told.set(watched.id, told);
    return told;
  }

  #alert(watched: Watched, told: Told, { alert }: AlertEvent): void {
    const nowMs = this.#now();
    const lastMs = told.alerts.get(alert.rule);
    if (lastMs !== undefined && nowMs - lastMs < NOTICE_MS) return;
    told.alerts.set(alert.rule, nowMs);
    const why = [alert.title, alert.headline?.title ?? ''].filter((part) => part !== '').join(': ');
    this.#show({ watched, to: null, why: quoteText(why, 400), fix: alert.fix.snippet });
  }
}
