import type { Match, Payload } from './message.js';

/** What every step of a conversation may have beside what it does. */
interface StepFrame {
  readonly name?: string;
  /** Whose step it is, where the profile has `clients`. */
  readonly client?: string;
  /** The step fails when it is not through by then. */
  readonly withinMs?: number;
  /** A slower step makes the run degraded. */
  readonly budgetMs?: number;
  /** Where it begins in the file, from 1; absent: it stands in none. */
  readonly line?: number;
}

export interface CountedMatch {
  readonly match: Match;
  readonly min?: number;
  readonly max?: number;
}

export interface ExpectedClose {
  readonly code?: number | readonly number[];
  readonly reason?: Match;
}

/** One thing that a step does: exactly one of the kinds. */
type StepAction =
  | { readonly send: Payload }
  | { readonly expect: Match; readonly strict?: boolean; readonly capture?: Readonly<Record<string, string>> }
  | { readonly expectAll: readonly Match[] }
  | { readonly expectNone: Match; readonly forMs?: number }
  | { readonly expectCount: CountedMatch }
  | { readonly repeat: { readonly times: number; readonly steps: readonly Step[] } }
  | { readonly ping: Readonly<Record<string, never>> }
  | { readonly wait: number }
  | { readonly close: { readonly code?: number; readonly reason?: string } }
  | { readonly expectClose: ExpectedClose };

/** A step as the profile writes it. Its texts still hold what is known only as it is run: `${uuid}`, captures. */
export type Step = StepFrame & StepAction;

export const STEP_KINDS = [
  'send',
  'expect',
  'expectAll',
  'expectNone',
  'expectCount',
  'repeat',
  'ping',
  'wait',
  'close',
  'expectClose',
] as const;

export type StepKind = (typeof STEP_KINDS)[number];

export function kindOf(step: Step): StepKind {
  const kind = STEP_KINDS.find((name) => name in step);
  if (kind === undefined) throw new Error('A step of no kind.');
  return kind;
}
