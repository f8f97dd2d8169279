import { ProbeError } from '../core/base/errors.js';
import type { ProbePlan } from '../core/base/plan.js';
import type { JobKinds } from '../core/jobs.js';
import type { PlanRef } from './prepared.js';

export type { JobKinds } from '../core/jobs.js';

type Kind = keyof JobKinds;
type ActsOf<K extends Kind> = JobKinds[K]['acts'];

/** The names of what a kind of job can be asked while it runs. */
export type ActName<K extends Kind> = keyof ActsOf<K> & string;
type ActOf<K extends Kind, N extends ActName<K>> = ActsOf<K>[N];
export type ActArgs<K extends Kind, N extends ActName<K>> =
  ActOf<K, N> extends (...args: infer A) => unknown ? A : never;
/** Of no act, nothing: a kind that takes none adds nothing to the union of all. */
export type ActResult<K extends Kind, N extends ActName<K>> = N extends unknown
  ? ActOf<K, N> extends (...args: never) => Promise<infer R>
    ? R
    : never
  : never;

/** What starts a job of a kind: a plan is spoken of by its id, since only the engine has its secrets. */
export type JobParams<K extends Kind> = JobKinds[K]['params'] extends { readonly plan: ProbePlan }
  ? Omit<JobKinds[K]['params'], 'plan'> & { readonly plan: PlanRef }
  : JobKinds[K]['params'];

/** Three messages for every kind of job there is. */
export interface JobRequests {
  /** Settles with the job's result; cancelling it ends the job. */
  readonly jobStart: {
    readonly params: {
      readonly [K in Kind]: { readonly jobId: number; readonly kind: K; readonly params: JobParams<K> };
    }[Kind];
    readonly result: JobKinds[Kind]['result'];
  };
  /** Something asked of a job while it runs. */
  readonly jobAct: {
    readonly params: { readonly jobId: number; readonly name: string; readonly args: readonly unknown[] };
    readonly result: { readonly [K in Kind]: ActResult<K, ActName<K>> }[Kind];
  };
}

export interface JobEvents {
  /** What a job tells while it runs; never after its result. */
  readonly job: { readonly jobId: number; readonly event: unknown };
}

/** An act of a job that has ended, or never began. */
export function jobNotRunning(): ProbeError {
  return new ProbeError('job.not-running', 'This job is not running: it has ended, or never began.');
}
