import type { ProbeProgress, Report, Variation } from '../../core/base/model.js';
import type { InspectorState, UsedFix } from '../../protocol/inspector.js';

/** A probe, one that follows redirects, one with a fix put in, or the handshake with one thing changed at a time. */
export type RunKind = 'probe' | 'follow' | 'fixed' | 'differential';

/** How a target's run goes, and what is known of the last one. Probes alone change it; everybody reads it. */
export class TargetRun {
  #status: InspectorState['status'] = 'idle';
  #progress: ProbeProgress | null = null;
  #variations: readonly Variation[] | null = null;
  #report: Report | null = null;
  #error: InspectorState['error'] = null;
  #restored = false;
  #fix: UsedFix | null = null;

  get status(): InspectorState['status'] {
    return this.#status;
  }

  get progress(): ProbeProgress | null {
    return this.#progress;
  }

  /** Of the differential under way; null while none is. */
  get variations(): readonly Variation[] | null {
    return this.#variations;
  }

  get report(): Report | null {
    return this.#report;
  }

  get error(): InspectorState['error'] {
    return this.#error;
  }

  /** What is shown is of an earlier window. */
  get restored(): boolean {
    return this.#restored;
  }

  /** What the last run was made with. */
  get fix(): UsedFix | null {
    return this.#fix;
  }

  get isRunning(): boolean {
    return this.#status === 'running';
  }

  /** The next run is asked for: with a fix, or as the target is. */
  ask(fix: UsedFix | null): void {
    this.#fix = fix;
  }

  begin(kind: RunKind): void {
    this.#status = 'running';
    this.#variations = kind === 'differential' ? [] : null;
    this.#error = null;
    this.#progress = null;
    this.#restored = false;
  }

  advance(progress: ProbeProgress): void {
    this.#progress = progress;
  }

  /** False where no differential is under way: it came late. */
  addVariation(variation: Variation): boolean {
    if (!this.#variations) return false;
    this.#variations = [...this.#variations, variation];
    return true;
  }

  /** Ended with a report. */
  end(report: Report): void {
    this.#report = report;
    this.#settle('done', null);
    this.#progress = null;
  }

  /** A cancelled run keeps how far it got: there is no report that would say so. */
  cancel(): void {
    this.#settle('cancelled', null);
  }

  fail(error: InspectorState['error']): void {
    this.#settle('failed', error);
    this.#progress = null;
  }

  /** The report of a session's connection: it is what is known of the target now. */
  show(report: Report): void {
    this.#report = report;
    if (!this.isRunning) this.#status = 'done';
  }

  /** A session could not begin, or (null) one has begun. False where that changes nothing. */
  settleFault(fault: InspectorState['error']): boolean {
    if (this.isRunning || (fault === null && this.#error === null)) return false;
    this.#error = fault;
    this.#status = fault ? 'failed' : this.#known();
    return true;
  }

  /** Shows what an earlier window knew. */
  restore(report: Report | null): void {
    this.#report = report;
    this.#status = this.#known();
    this.#restored = true;
  }

  markRestored(restored: boolean): void {
    this.#restored = restored;
  }

  #known(): InspectorState['status'] {
    return this.#report ? 'done' : 'idle';
  }

  #settle(status: InspectorState['status'], error: InspectorState['error']): void {
    this.#status = status;
    this.#error = error;
    this.#variations = null;
  }
}
