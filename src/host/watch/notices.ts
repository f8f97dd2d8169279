import { quoteText } from '../../core/base/plainText.js';
import type { Verdict } from '../../core/base/model.js';
import { Coalescer } from '../../protocol/coalescer.js';
import type { WatchJobEvent } from './watched.js';

type VerdictEvent = Extract<WatchJobEvent, { readonly kind: 'verdict' }>;
type AlertEvent = Extract<WatchJobEvent, { readonly kind: 'alert' }>;

export interface Notice<Subject> {
  readonly subject: Subject;
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

/** What a person is told of what is watched, by its id: a verdict that is another than the last they were told, and an alert that fires. */
export class Notices<Subject extends { readonly id: string }> {
  readonly #show: (notice: Notice<Subject>) => void;
  readonly #now: () => number;
  readonly #told = new Map<string, Told>();

  constructor(show: (notice: Notice<Subject>) => void, now: () => number = () => performance.now()) {
    this.#show = show;
    this.#now = now;
  }

  note(subject: Subject, event: WatchJobEvent): void {
    const told = this.#told.get(subject.id) ?? this.#begin(subject);
    if (event.kind === 'verdict') told.turns.push(event);
    if (event.kind === 'alert' && event.alert.state === 'firing') this.#alert(subject, told, event);
  }

  /** It is watched no longer: what waits is not told. */
  forget({ id }: Subject): void {
    this.#told.get(id)?.turns.dispose();
    this.#told.delete(id);
  }

  dispose(): void {
    for (const { turns } of this.#told.values()) turns.dispose();
    this.#told.clear();
  }

  #begin(subject: Subject): Told {
    const turns = new Coalescer<VerdictEvent>(NOTICE_MS, ({ from, title, to }) => {
      // It may have turned back meanwhile.
      if (to === (told.verdict ?? from)) return;
      told.verdict = to;
      this.#show({ subject, to, why: quoteText(title, 300), fix: null });
    });
    const told: Told = { verdict: null, turns, alerts: new Map() };
    this.#told.set(subject.id, told);
    return told;
  }

  #alert(subject: Subject, told: Told, { alert }: AlertEvent): void {
    const nowMs = this.#now();
    const lastMs = told.alerts.get(alert.rule);
    if (lastMs !== undefined && nowMs - lastMs < NOTICE_MS) return;
    told.alerts.set(alert.rule, nowMs);
    const why = [alert.title, alert.headline?.title ?? ''].filter((part) => part !== '').join(': ');
    this.#show({ subject, to: null, why: quoteText(why, 400), fix: alert.fix.snippet });
  }
}
