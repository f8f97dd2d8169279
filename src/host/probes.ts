import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import * as vscode from 'vscode';
import { ProbeError } from '../core/base/errors.js';
import type { ProbeProgress, Report, Variation } from '../core/base/model.js';
import type { ProbePlan } from '../core/base/plan.js';
import { Redactor } from '../core/redaction/redactor.js';
import type { EngineClient } from '../engine/client.js';
import type { EngineEvents } from '../protocol/engine.js';
import type { InspectorState } from '../protocol/inspector.js';
import { messageOf } from './errors.js';
import type { Log } from './log.js';
import { nameOf } from './profileFiles.js';
import type { Preparer } from './prepare.js';
import type { SessionHandle } from './sessions/sessionHandle.js';
import { type Target, targetKey } from './targets.js';

const MAX_IDLE_TARGETS = 100;

export type TargetChange = 'progress' | 'state';

/** A probe, one that follows redirects, or the handshake with one thing changed at a time. */
export type RunKind = 'probe' | 'follow' | 'differential';

export interface RunOptions {
  /** A person is there: secrets that have no value yet may be asked for. */
  readonly ask: boolean;
  /** Called once the profile is in order and the run is about to begin. */
  readonly onReady?: () => void;
  readonly kind?: RunKind;
}

/** What is known of one target: the run under way and the last report. The truth that panels and trees show. */
export class ProbeTarget {
  readonly id: string;
  readonly target: Target;
  name: string;
  /** Redacted. */
  url: string;
  status: InspectorState['status'] = 'idle';
  progress: ProbeProgress | null = null;
  /** Of the differential under way; null while none is. */
  variations: readonly Variation[] | null = null;
  report: Report | null = null;
  error: InspectorState['error'] = null;
  restored = false;
  /** Restored without its credentials: the URL must be asked for again before it can run. */
  isIncomplete = false;
  /** A panel shows it, so it is not forgotten. */
  isShown = false;
  revision = 0;
  controller: AbortController | null = null;
  running: { readonly kind: RunKind; readonly done: Promise<Report> } | null = null;
  /** The plan of the last run, for "Save as Profile". */
  plan: ProbePlan | null = null;
  /** The target's session or recording, live or ended. */
  session: SessionHandle | null = null;
  savedMessages: InspectorState['savedMessages'] = [];
  sentMessages: InspectorState['sentMessages'] = [];
  /** Shows a recording in its editor: nothing of it can be run. */
  readOnly = false;

  constructor(target: Target, id: string = randomUUID()) {
    this.id = id;
    this.target = target;
    this.url = initialUrl(target);
    this.name = target.kind === 'file' ? nameOf(target.uri) : this.url;
  }
}

export interface FinishedProbe {
  readonly target: ProbeTarget;
  readonly report: Report;
}

/** Runs probes, one at a time for each target, and tells who asks how they go. */
export class Probes implements vscode.Disposable {
  readonly #engine: EngineClient;
  readonly #preparer: Preparer;
  readonly #log: Log;
  readonly #targets = new Map<string, ProbeTarget>();
  readonly #running = new Map<number, ProbeTarget>();
  readonly #changed = new vscode.EventEmitter<{ target: ProbeTarget; change: TargetChange }>();
  readonly #finished = new vscode.EventEmitter<FinishedProbe>();
  readonly onDidChange = this.#changed.event;
  readonly onDidFinish = this.#finished.event;
  #nextId = 1;

  constructor(engine: EngineClient, preparer: Preparer, log: Log) {
    this.#engine = engine;
    this.#preparer = preparer;
    this.#log = log;
  }

  get running(): readonly ProbeTarget[] {
    return [...this.#running.values()];
  }

  /** The target's state; made on first sight. */
  get(target: Target, id?: string): ProbeTarget {
    const key = targetKey(target);
    let known = this.#targets.get(key);
    if (!known) {
      known = new ProbeTarget(target, id);
      this.#targets.set(key, known);
      this.#forgetOldest();
    }
    return known;
  }

  /** Runs the target, or joins such a run under way. Faults of ours and of the profile reject; a failed connection is a report. */
  run(subject: ProbeTarget, options: RunOptions): Promise<Report> {
    const { kind = 'probe' } = options;
    const before = subject.running;
    if (before?.kind === kind) return before.done;
    const begin = () => this.#run(subject, options);
    const done = (before ? before.done.then(begin, begin) : begin()).finally(() => {
      if (subject.running === running) subject.running = null;
    });
    const running = { kind, done };
    subject.running = running;
    return done;
  }

  cancel(subject: ProbeTarget): void {
    subject.controller?.abort(new Error('Cancelled'));
  }

  showProgress({ probeId, progress }: EngineEvents['progress']): void {
    const subject = this.#running.get(probeId);
    if (!subject) return;
    subject.progress = progress;
    this.#touch(subject, 'progress');
  }

  showVariation({ probeId, variation }: EngineEvents['variation']): void {
    const subject = this.#running.get(probeId);
    if (!subject?.variations) return;
    subject.variations = [...subject.variations, variation];
    this.#touch(subject, 'progress');
  }

  /** Tells that something else of the target has changed: its session, its messages. */
  touch(subject: ProbeTarget): void {
    this.#touch(subject, 'state');
  }

  dispose(): void {
    for (const subject of this.#running.values()) this.cancel(subject);
    this.#changed.dispose();
    this.#finished.dispose();
  }

  async #run(subject: ProbeTarget, options: RunOptions): Promise<Report> {
    const { kind = 'probe' } = options;
    const probeId = this.#nextId++;
    const controller = new AbortController();
    subject.controller = controller;
    try {
      const prepared = await this.#preparer.prepare(subject.target, options);
      if (controller.signal.aborted) throw cancelled();
      const plan = kind === 'follow' ? { ...prepared, followRedirects: true } : prepared;
      if (kind === 'differential') subject.variations = [];
      this.#begin(subject, plan, probeId);
      options.onReady?.();
      const vantage = { host: hostname(), remote: vscode.env.remoteName ?? null };
      const method = kind === 'differential' ? kind : 'probe';
      const report = await this.#engine.request(method, { plan, probeId, vantage }, controller.signal);
      this.#running.delete(probeId);
      this.#end(subject, report, report.error?.code === 'cancelled');
      return report;
    } catch (error) {
      this.#running.delete(probeId);
      subject.status = controller.signal.aborted ? 'cancelled' : 'failed';
      subject.error = controller.signal.aborted ? null : messageOf(error);
      this.#settle(subject);
      throw error;
    }
  }

  #begin(subject: ProbeTarget, plan: ProbePlan, probeId: number): void {
    const redactor = new Redactor(plan.secrets);
    this.#log.hide(plan.secrets);
    this.#running.set(probeId, subject);
    subject.plan = plan;
    subject.url = redactor.url(plan.url);
    subject.name = redactor.text(plan.name);
    subject.status = 'running';
    subject.error = null;
    subject.progress = null;
    subject.restored = false;
    this.#log.info(`Probe ${subject.name}: ${subject.url}`);
    this.#touch(subject, 'state');
  }

  #end(subject: ProbeTarget, report: Report, cancelled: boolean): void {
    subject.status = cancelled ? 'cancelled' : 'done';
    if (!cancelled) subject.report = report;
    this.#settle(subject);
    this.#log.info(summary(report, cancelled));
    if (!cancelled) this.#finished.fire({ target: subject, report });
  }

  #settle(subject: ProbeTarget): void {
    // A cancelled run keeps how far it got: there is no report that would say so.
    if (subject.status !== 'cancelled') subject.progress = null;
    subject.variations = null;
    subject.controller = null;
    this.#touch(subject, 'state');
  }

  #touch(subject: ProbeTarget, change: TargetChange): void {
    subject.revision++;
    this.#changed.fire({ target: subject, change });
  }

  #forgetOldest(): void {
    if (this.#targets.size <= MAX_IDLE_TARGETS) return;
    for (const [key, subject] of this.#targets) {
      if (subject.status === 'running' || subject.isShown || subject.session) continue;
      this.#targets.delete(key);
      return;
    }
  }
}

function cancelled(): ProbeError {
  return new ProbeError('probe.cancelled', vscode.l10n.t('The probe was cancelled.'));
}

function initialUrl(target: Target): string {
  if (target.kind === 'url') return new Redactor([]).url(target.url);
  if (target.kind === 'file') return '';
  return new Redactor([]).url(String(target.profile['url']));
}

function summary(report: Report, cancelled: boolean): string {
  if (cancelled) return `Probe ${report.name}: cancelled`;
  const phases = report.phases.map((phase) => `${phase.name} ${phase.status} ${phase.durationMs} ms`).join(', ');
  const headline = report.findings[0];
  const why = headline ? ` (${headline.id}: ${headline.title})` : '';
  return `Probe ${report.name}: ${report.verdict} in ${report.durationMs} ms${why}; ${phases}`;
}
