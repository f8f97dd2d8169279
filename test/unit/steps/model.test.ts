import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Match } from '../../../src/core/base/message.js';
import type { Step } from '../../../src/core/base/step.js';
import { converse } from '../../../src/core/steps/conversation.js';
import { ScriptedTalker } from './scriptedTalker.js';

/** What a peer says at a time of the conversation. */
interface Said {
  readonly letter: string;
  readonly atMs: number;
}

type Listening =
  | { readonly kind: 'expect'; readonly letters: string; readonly strict: boolean }
  | { readonly kind: 'expectAll'; readonly sets: readonly string[] }
  | { readonly kind: 'expectNone'; readonly letters: string; readonly forMs: number }
  | { readonly kind: 'expectCount'; readonly letters: string; readonly min: number; readonly max: number | null }
  | { readonly kind: 'wait'; readonly ms: number };

const WITHIN_MS = 50;
/** What a timer is given on top, for those that fire early. */
const EARLY_MS = 1;

async function run(steps: readonly Step[], talker: ScriptedTalker) {
  talker.time.install();
  try {
    return await talker.time.through(converse(steps, talker.options()));
  } finally {
    talker.time.restore();
  }
}

function matchOf(letters: string): Match {
  return { any: letters.split('').map((letter) => ({ equals: letter })) };
}

function stepOf(step: Listening): Step {
  switch (step.kind) {
    case 'expect':
      return { expect: matchOf(step.letters), strict: step.strict, withinMs: WITHIN_MS };
    case 'expectAll':
      return { expectAll: step.sets.map(matchOf), withinMs: WITHIN_MS };
    case 'expectNone':
      return { expectNone: matchOf(step.letters), forMs: step.forMs };
    case 'expectCount': {
      const { letters, min, max } = step;
      return { expectCount: { match: matchOf(letters), min, ...(max === null ? {} : { max }) }, withinMs: WITHIN_MS };
    }
    default:
      return { wait: step.ms };
  }
}

/** The semantics as the contract has them, over a list: where the cursor stands and what time it is after each step. */
function model(said: readonly Said[], steps: readonly Listening[]): readonly ('ok' | 'failed' | 'skipped')[] {
  let cursor = 0;
  let nowMs = 0.5;
  let isOver = false;
  const until = (deadlineMs: number) => said.filter(({ atMs }, index) => index >= cursor && atMs <= deadlineMs);
  const fits = (letters: string) => (message: Said) => letters.includes(message.letter);
  const passAt = (index: number) => {
    const message = said[index];
    cursor = index + 1;
    nowMs = Math.max(nowMs, message?.atMs ?? 0);
    return true;
  };
  const run = (step: Listening): boolean => {
    switch (step.kind) {
      case 'wait':
        nowMs += step.ms + EARLY_MS;
        return true;
      case 'expect': {
        const heard = until(nowMs + WITHIN_MS);
        const at = heard.findIndex(fits(step.letters));
        return at >= 0 && (!step.strict || at === 0) && passAt(cursor + at);
      }
      case 'expectAll': {
        const heard = until(nowMs + WITHIN_MS);
        for (let length = 1; length <= heard.length; length++) {
          if (hasChoice(heard.slice(0, length), step.sets)) return passAt(cursor + length - 1);
        }
        return false;
      }
      case 'expectNone': {
        const passed = !until(nowMs + step.forMs).some(fits(step.letters));
        nowMs += step.forMs + EARLY_MS;
        return passed;
      }
      default: {
        const heard = until(nowMs + WITHIN_MS);
        const found = heard.flatMap((message, index) => (fits(step.letters)(message) ? [cursor + index] : []));
        if (step.max === null) {
          const at = step.min === 0 ? null : found[step.min - 1];
          return at === null || (at !== undefined && passAt(at));
        }
        if (found.length < step.min || found.length > step.max) return false;
        const last = found.at(-1);
        if (last !== undefined) cursor = last + 1;
        nowMs += WITHIN_MS + EARLY_MS;
        return true;
      }
    }
  };
  return steps.map((step) => {
    if (isOver) return 'skipped';
    isOver = !run(step);
    return isOver ? 'failed' : 'ok';
  });
}

/** Whether each set can have a message of its own, by trying all choices. */
function hasChoice(heard: readonly Said[], sets: readonly string[]): boolean {
  const [first, ...rest] = sets;
  if (first === undefined) return true;
  return heard.some((message, index) => first.includes(message.letter) && hasChoice(heard.toSpliced(index, 1), rest));
}

const letter = fc.constantFrom('a', 'b', 'c', 'd');
const letters = fc.uniqueArray(letter, { minLength: 1, maxLength: 3 }).map((all) => all.join(''));
const listening: fc.Arbitrary<Listening> = fc.oneof(
  fc.record({ kind: fc.constant('expect' as const), letters, strict: fc.boolean() }),
  fc.record({ kind: fc.constant('expectAll' as const), sets: fc.array(letters, { minLength: 1, maxLength: 4 }) }),
  fc.record({ kind: fc.constant('expectNone' as const), letters, forMs: fc.integer({ min: 0, max: 30 }) }),
  fc.record({
    kind: fc.constant('expectCount' as const),
    letters,
    min: fc.integer({ min: 0, max: 3 }),
    max: fc.option(fc.integer({ min: 3, max: 5 })),
  }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 40 }) }),
);
const said = fc.array(fc.record({ letter, gap: fc.integer({ min: 0, max: 12 }) }), { maxLength: 14 }).map((all) => {
  let atMs = 0.5;
  return all.map(({ letter: one, gap }) => {
    atMs += gap;
    return { letter: one, atMs };
  });
});

describe('Inbox and cursor', () => {
  it('are those of the contract, whatever is said and waited for', async function () {
    this.timeout(180_000);
    await fc.assert(
      fc.asyncProperty(said, fc.array(listening, { minLength: 1, maxLength: 6 }), async (messages, steps) => {
        const talker = new ScriptedTalker(messages.map(({ letter: text, atMs }) => ({ text, atMs })));
        const { rows } = await run(steps.map(stepOf), talker);
        assert.deepEqual(
          rows.map(({ status }) => status),
          model(messages, steps),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('count a repeat as often as it is run, and skip all of it after a failure', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }), async (times, failAt) => {
        const talker = new ScriptedTalker(Array.from({ length: failAt - 1 }, () => ({ text: 'x', atMs: 0 })));
        const steps: readonly Step[] = [{ repeat: { times, steps: [{ expect: { equals: 'x' }, withinMs: 5 }] } }];
        const { rows } = await run(steps, talker);
        const wanted = Array.from({ length: times }, (_, at) =>
          at + 1 < failAt ? 'ok' : at + 1 === failAt ? 'failed' : 'skipped',
        );
        assert.deepEqual(
          rows.map(({ status }) => status),
          wanted,
        );
        assert.deepEqual(rows.at(-1)?.rounds, [times]);
      }),
      { numRuns: 40 },
    );
  });
});
