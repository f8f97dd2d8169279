import type { Alert, Headline } from '../base/series.js';
import type { Report } from '../base/model.js';
import { plainText } from '../base/plainText.js';
import type { SampleSubject } from '../base/sample.js';
import type { AlertRule } from './alertRules.js';

/** Whether an alert fires: between its two limits it stays as it is. */
export function judge(
  isFiring: boolean,
  value: number | null,
  { fires, clears }: { readonly fires: number; readonly clears: number },
): boolean {
  if (value === null) return isFiring;
  return isFiring ? value > clears : value > fires;
}

const MAX_HEADLINES = 50;

/** The alerts of one target: which fire, and what changes with a look. */
export class Alerts<View extends { readonly plan: unknown }> {
  readonly #subject: SampleSubject;
  readonly #rules: readonly AlertRule<View>[];
  readonly #firing = new Map<string, Alert>();
  /** By their id, the newest last. */
  readonly #headlines = new Map<string, Headline>();

  constructor(subject: SampleSubject, rules: readonly AlertRule<View>[]) {
    this.#subject = subject;
    this.#rules = rules;
  }

  get firing(): readonly Alert[] {
    return [...this.#firing.values()];
  }

  /** What the report of a look finds may be the headline of an alert. */
  note({ findings, verdict }: Report): void {
    for (const { id, severity, title, fixes } of findings.toReversed()) {
      if (severity === 'info' && verdict === 'healthy') continue;
      this.#headlines.delete(id);
      this.#headlines.set(id, { id, title: plainText(title), fix: fixes[0] ?? null });
    }
    for (const id of this.#headlines.keys()) {
      if (this.#headlines.size <= MAX_HEADLINES) break;
      this.#headlines.delete(id);
    }
  }

  /** The alerts that begin or end with what is now seen. */
  check(view: View, at: string): readonly Alert[] {
    return this.#rules.flatMap((rule) => this.#check(rule, view, at) ?? []);
  }

  #check(rule: AlertRule<View>, view: View, at: string): Alert | null {
    const limits = rule.limits(view.plan);
    if (limits === null) return null;
    const value = rule.measure(view);
    const known = this.#firing.get(rule.id);
    const fires = judge(known !== undefined, value, limits);
    if (value === null || (!fires && known === undefined)) return null;
    const limit = fires ? limits.fires : limits.clears;
    const headline = this.#headlineOf(rule) ?? known?.headline ?? null;
    const alert: Alert = {
      ...this.#subject,
      rule: rule.id,
      state: fires ? 'firing' : 'cleared',
      at: known && fires ? known.at : at,
      value: Math.round(value * 10_000) / 10_000,
      limit,
      title: fires ? rule.title(value, view.plan) : (known?.title ?? ''),
      headline,
      fix: headline?.fix ?? rule.advice,
    };
    if (fires) this.#firing.set(rule.id, alert);
    else this.#firing.delete(rule.id);
    return fires === (known !== undefined) ? null : alert;
  }

  #headlineOf({ about }: AlertRule<View>): Headline | null {
    return [...this.#headlines.values()].findLast(({ id }) => about.test(id)) ?? null;
  }
}
