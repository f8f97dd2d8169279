import { setImmediate as nextTurn } from 'node:timers/promises';
import { toThousandths } from '../base/clock.js';
import type { Failure } from '../base/evidence.js';
import type { StepResult } from '../base/model.js';
import { kindOf, type Step, type StepKind } from '../base/step.js';
import type { ConversationOptions, Shared } from './conversationOptions.js';
import { doStep } from './doStep.js';
import { type StepFailure, stepFailed } from './listening.js';
import type { Talker } from './talker.js';
import { nameOf } from './wording.js';

/** Steps that are run in one turn of the event loop. */
const PER_TURN = 100;
/** DESIGN 3.2. */
const DEFAULT_WITHIN_MS = 5_000;

export interface ConversationResult {
  readonly rows: readonly StepResult[];
  /** The failure that ended it, with what ended the connection where that is why; null: every step passed. */
  readonly failed: { readonly row: StepResult; readonly cause: Failure | null } | null;
}

/** Where a step stands: whose it is, in which rounds, until when. */
interface Place {
  readonly client: string | null;
  readonly rounds: readonly number[];
  readonly untilMs: number;
}

/**
 * Steps in order, each of which waits for the one before it, whoever's it is. The first that fails ends the conversation: the
 * rest are skipped. Never rejects for what a peer does.
 */
export async function converse(steps: readonly Step[], options: ConversationOptions): Promise<ConversationResult> {
  const conversation = new Conversation(options);
  await conversation.run(steps, { client: null, rounds: [], untilMs: Number.POSITIVE_INFINITY });
  return conversation;
}

class Conversation implements ConversationResult {
  readonly rows: StepResult[] = [];
  failed: ConversationResult['failed'] = null;
  readonly #options: ConversationOptions;
  readonly #shared: Shared;

  constructor(options: ConversationOptions) {
    this.#options = options;
    this.#shared = { captured: options.variables ?? {}, sent: new Map() };
  }

  async run(steps: readonly Step[], place: Place): Promise<void> {
    for (const step of steps) {
      const client = step.client ?? place.client;
      if ('repeat' in step) await this.#repeat(step, { ...place, client });
      else if (this.failed) this.#skip(step, { ...place, client });
      else await this.#step(step, { ...place, client });
    }
  }

  async #repeat(step: Step & { readonly repeat: object }, place: Place): Promise<void> {
    const { clock } = this.#options;
    const startMs = clock();
    const untilMs = Math.min(
      place.untilMs,
      step.withinMs === undefined ? Number.POSITIVE_INFINITY : startMs + step.withinMs,
    );
    const at = this.rows.length;
    const { repeat } = step as Extract<Step, { readonly repeat: unknown }>;
    for (let round = 1; round <= repeat.times; round++) {
      await this.run(repeat.steps, { ...place, untilMs, rounds: [...place.rounds, round] });
    }
    // A budget of the whole is told by a row of the whole.
    if (step.budgetMs === undefined) return;
    const status = this.failed ? 'skipped' : 'ok';
    this.rows.splice(at, 0, this.#row(step, place, status, startMs));
  }

  async #step(step: Step, place: Place): Promise<void> {
    const { clock, connect, signal } = this.#options;
    // Steps that wait for nothing would keep everybody else waiting: what arrives, and who interrupts.
    if (this.rows.length % PER_TURN === PER_TURN - 1) await nextTurn();
    const beganMs = clock();
    const opened = await connect(place.client);
    if (!opened.ok) {
      const { failure } = opened;
      if (failure.line !== undefined && failure.line !== step.line) {
        // Another step is why nothing was begun.
        const row = this.#row(step, place, 'skipped', beganMs);
        this.rows.push(row);
        this.failed = { row, cause: failure };
        return;
      }
      this.#fail(step, place, beganMs, stepFailed(failure.message, {}, failure), null);
      return;
    }
    const talker = opened.value;
    const startMs = clock();
    const withinMs = step.withinMs ?? defaultWithin(step);
    const deadlineMs = Math.min(place.untilMs, startMs + withinMs);
    const failure = await doStep(step, talker, {
      ...this.#options,
      signal,
      client: place.client,
      shared: this.#shared,
      deadlineMs,
      withinMs: toThousandths(deadlineMs - startMs),
    });
    if (failure) this.#fail(step, place, startMs, failure, talker);
    else this.rows.push(this.#row(step, place, 'ok', startMs));
  }

  /** What is not run any more; a step that kept the conversation from its beginning is the one that failed. */
  #skip(step: Step, place: Place): void {
    const { cause = null, row } = this.failed ?? {};
    const nowMs = this.#options.clock();
    const isCause = cause?.line !== undefined && row?.status === 'skipped' && step.line === cause.line;
    if (isCause) this.#fail(step, place, nowMs, stepFailed(cause.message, {}, cause), null);
    else this.rows.push(this.#row(step, place, 'skipped', nowMs));
  }

  #fail(step: Step, place: Place, startMs: number, failure: StepFailure & object, talker: Talker | null): void {
    const frames = talker?.latestFrames() ?? [];
    const row = {
      ...this.#row(step, place, 'failed', startMs),
      error: failure.error,
      ...failure.detail,
      ...(frames.length > 0 ? { frames } : {}),
    };
    this.rows.push(row);
    this.failed = { row, cause: failure.cause };
  }

  #row(step: Step, { client, rounds }: Place, status: StepResult['status'], startMs: number): StepResult {
    const durationMs = status === 'skipped' ? 0 : toThousandths(this.#options.clock() - startMs);
    const { budgetMs, line } = step;
    return {
      name: nameOf(step),
      client,
      kind: kindOf(step),
      status,
      startMs,
      durationMs,
      error: null,
      ...(line === undefined ? {} : { line }),
      ...(rounds.length === 0 ? {} : { rounds }),
      ...(budgetMs === undefined ? {} : { budgetMs, overBudget: durationMs > budgetMs }),
    };
  }
}

/** What takes its own time is not cut short by the time that others have by default. */
function defaultWithin(step: Step): number {
  const kind: StepKind = kindOf(step);
  return kind === 'wait' || kind === 'expectNone' ? Number.POSITIVE_INFINITY : DEFAULT_WITHIN_MS;
}
