import { hostname } from 'node:os';
import * as vscode from 'vscode';
import { ProbeError } from '../core/base/errors.js';
import type { ProbeProgress, Report, Variation } from '../core/base/model.js';
import type { EngineClient, Job } from '../engine/client.js';
import type { InspectorState, UsedFix } from '../protocol/inspector.js';
import { type PreparedPlan, refOf } from '../protocol/prepared.js';
import { messageOf } from './errorText.js';
import type { Log } from './log.js';
import { probeLine } from './logLines.js';
import type { Preparer, PrepareOptions } from './prepare.js';
import { ProbeTarget } from './target/probeTarget.js';
import type { RunKind } from './target/targetRun.js';
import { type Target, targetKey } from './target/targets.js';

const MAX_IDLE_TARGETS = 100;

export type TargetChange = 'progress' | 'state';

export interface RunOptions extends PrepareOptions {
  /** Called once the profile is in order and the run is about to begin. */
  readonly onReady?: () => void;
  readonly kind?: RunKind;
  /** Whether the report goes into the history; unless told, it does. */
  readonly isKept?: (report: Report) => boolean;
  readonly isTask?: boolean;
  /** What is put in or tried, for who watches. */
  readonly fix?: UsedFix;
}

export interface FinishedProbe {
  readonly target: ProbeTarget;
  readonly report: Report;
  /** A task prints what went wrong by itself. */
  readonly isTask: boolean;
}

/** Runs probes, one at a time for each target, and tells who asks how they go. */
export class Probes implements vscode.Disposable {
  readonly #engine: EngineClient;
  readonly #preparer: Preparer;
  readonly #log: Log;
  readonly #targets = new Map<string, ProbeTarget>();
  readonly #running = new Set<ProbeTarget>();
  /** The last run asked for of each target: those before it are waited for. */
  readonly #asked = new Map<ProbeTarget, { readonly kind: RunKind; readonly done: Promise<Report> }>();
  readonly #controllers = new Map<ProbeTarget, AbortController>();
  readonly #changed = new vscode.EventEmitter<{ target: ProbeTarget; change: TargetChange }>();
  readonly #finished = new vscode.EventEmitter<FinishedProbe>();
  readonly onDidChange = this.#changed.event;
  readonly onDidFinish = this.#finished.event;

  constructor(engine: EngineClient, preparer: Preparer, log: Log) {
    this.#engine = engine;
    this.#preparer = preparer;
    this.#log = log;
  }

  get running(): readonly ProbeTarget[] {
    return [...this.#running];
  }

  /** The target's state; made on first sight. */
  get(target: Target, id?: string): ProbeTarget {
    const key = targetKey(target);
    let known = this.#targets.get(key);
    if (!known) {
      known = new ProbeTarget(target, { id });
      this.#targets.set(key, known);
      this.#forgetOldest();
    }
    return known;
  }

  /** Runs the target, or joins such a run under way. Faults of ours and of the profile reject; a failed connection is a report. */
  run(subject: ProbeTarget, options: RunOptions): Promise<Report> {
    const { kind = 'probe' } = options;
    const before = this.#asked.get(subject);
    if (before?.kind === kind) return before.done;
    const begin = () => this.#run(subject, options);
    const done = (before ? before.done.then(begin, begin) : begin()).finally(() => {
      if (this.#asked.get(subject) === asked) this.#asked.delete(subject);
    });
    const asked = { kind, done };
    this.#asked.set(subject, asked);
    return done;
  }

  cancel(subject: ProbeTarget): void {
    this.#controllers.get(subject)?.abort(new Error('Cancelled'));
  }

  /** A session's connection has a report: it is what is known of the target now. */
  showReport(subject: ProbeTarget, report: Report): void {
    subject.run.show(report);
    this.touch(subject);
  }

  /** Why a session could not begin; null once one has begun. */
  settleFault(subject: ProbeTarget, fault: InspectorState['error']): void {
    if (subject.run.settleFault(fault)) this.touch(subject);
  }

  /** Shows what was kept of a target, in the words of that time. */
  restore(subject: ProbeTarget, kept: { readonly name: string; readonly url: string }, report: Report | null): void {
    subject.describe(kept);
    subject.run.restore(report);
  }

  /** Tells that something else of the target has changed: its session, its messages. */
  touch(subject: ProbeTarget): void {
    this.#touch(subject, 'state');
  }

  dispose(): void {
    for (const subject of this.#running) this.cancel(subject);
    this.#changed.dispose();
    this.#finished.dispose();
  }

  async #run(subject: ProbeTarget, options: RunOptions): Promise<Report> {
    const { kind = 'probe' } = options;
    const controller = new AbortController();
    this.#controllers.set(subject, controller);
    subject.run.ask(options.fix ?? null);
    try {
      const prepared = await this.#preparer.prepare(subject.target, options);
      if (controller.signal.aborted) throw cancelled();
      const plan = kind === 'follow' ? { ...prepared, followRedirects: true } : prepared;
      this.#begin(subject, plan, kind);
      options.onReady?.();
      const report = await this.#start(subject, plan, kind, controller.signal).done;
      this.#running.delete(subject);
      this.#end(subject, report, options);
      return report;
    } catch (error) {
      this.#running.delete(subject);
      if (controller.signal.aborted) subject.run.cancel();
      else subject.run.fail(messageOf(error));
      this.#settle(subject);
      throw error;
    }
  }

  #start(
    subject: ProbeTarget,
    plan: PreparedPlan,
    kind: RunKind,
    signal: AbortSignal,
  ): Job<'probe'> | Job<'lab.handshake'> {
    const params = { plan: refOf(plan), vantage: { host: hostname(), remote: vscode.env.remoteName ?? null } };
    if (kind === 'differential') {
      const onEvent = (variation: Variation) => {
        if (subject.run.addVariation(variation)) this.#touch(subject, 'progress');
      };
      return this.#engine.start('lab.handshake', params, { signal, onEvent });
    }
    const onEvent = (progress: ProbeProgress) => {
      subject.run.advance(progress);
      this.#touch(subject, 'progress');
    };
    return this.#engine.start('probe', params, { signal, onEvent });
  }

  #begin(subject: ProbeTarget, plan: PreparedPlan, kind: RunKind): void {
    this.#running.add(subject);
    subject.resolve(plan);
    subject.run.begin(kind);
    this.#log.info(`Probe ${subject.name}: ${subject.url}`);
    this.#touch(subject, 'state');
  }

  #end(subject: ProbeTarget, report: Report, { isKept = () => true, isTask = false }: RunOptions): void {
    const wasCancelled = report.error?.code === 'cancelled';
    if (wasCancelled) subject.run.cancel();
    else subject.run.end(report);
    this.#settle(subject);
    this.#log.info(probeLine(report, wasCancelled));
    if (!wasCancelled && isKept(report)) this.#finished.fire({ target: subject, report, isTask });
  }

  #settle(subject: ProbeTarget): void {
    this.#controllers.delete(subject);
    this.#touch(subject, 'state');
  }

  #touch(subject: ProbeTarget, change: TargetChange): void {
    subject.revision++;
    this.#changed.fire({ target: subject, change });
  }

  #forgetOldest(): void {
    if (this.#targets.size <= MAX_IDLE_TARGETS) return;
    for (const [key, subject] of this.#targets) {
      if (subject.run.isRunning || subject.isShown || subject.session.handle) continue;
      this.#targets.delete(key);
      return;
    }
  }
}

function cancelled(): ProbeError {
  return new ProbeError('probe.cancelled', vscode.l10n.t('The probe was cancelled.'));
}
