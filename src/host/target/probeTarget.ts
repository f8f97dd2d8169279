import { randomUUID } from 'node:crypto';
import { Redactor } from '../../core/redaction/redactor.js';
import type { InspectorState } from '../../protocol/inspector.js';
import type { PreparedPlan } from '../../protocol/prepared.js';
import { nameOf } from '../profileFiles.js';
import { TargetRun } from './targetRun.js';
import type { Target } from './targets.js';
import { TargetSession } from './targetSession.js';

export interface ProbeTargetOptions {
  readonly id?: string | undefined;
  /** Restored without its credentials: the URL must be asked for again before it can run. */
  readonly isIncomplete?: boolean;
  /** Shows a recording in its editor, or other programs' connections: nothing of it can be run. */
  readonly readOnly?: boolean;
}

/** One target, as panels and trees show it: who it is, its run, its session. */
export class ProbeTarget {
  readonly id: string;
  readonly target: Target;
  readonly readOnly: boolean;
  readonly run = new TargetRun();
  readonly session = new TargetSession();
  isIncomplete: boolean;
  /** A panel shows it, so it is not forgotten. */
  isShown = false;
  /** What its log is to be filtered by, since a person chose a row of it; the number is another each time. */
  filter: NonNullable<InspectorState['filter']> | null = null;
  /** Counts what has changed: a state that comes late is known by it. */
  revision = 0;
  #name: string;
  #url: string;
  #plan: PreparedPlan | null = null;

  constructor(target: Target, options: ProbeTargetOptions = {}) {
    const { id = randomUUID(), isIncomplete = false, readOnly = false } = options;
    this.id = id;
    this.target = target;
    this.isIncomplete = isIncomplete;
    this.readOnly = readOnly;
    this.#url = initialUrl(target);
    this.#name = target.kind === 'file' ? nameOf(target.uri) : this.#url;
  }

  get name(): string {
    return this.#name;
  }

  /** Redacted. */
  get url(): string {
    return this.#url;
  }

  /** Of the last run or session. */
  get plan(): PreparedPlan | null {
    return this.#plan;
  }

  /** What the target has turned out to be: its plan, and name and address without secrets. */
  resolve(plan: PreparedPlan): void {
    this.#plan = plan;
    this.#url = plan.url;
    this.#name = plan.name;
  }

  /** Shows the rows of its log that a filter lets through. */
  filterBy(text: string): void {
    this.filter = { text, number: Date.now() };
  }

  /** What was kept of it: texts that are redacted already. */
  describe({ name, url }: { readonly name: string; readonly url: string }): void {
    this.#name = name;
    this.#url = url;
  }
}

function initialUrl(target: Target): string {
  if (target.kind === 'url') return new Redactor([]).url(target.url);
  if (target.kind === 'file') return '';
  return new Redactor([]).url(String(target.profile['url']));
}
