import type { NumberedMessages } from '../base/sample.js';

/** Gaps that a late message may still fill; older ones stay as they are. */
const MAX_GAPS = 256;

interface Gap {
  readonly after: number;
  readonly before: number;
}

/** One count of numbers, over as many connections as it goes on. */
interface Count {
  /** The first of the connection that was heard last: a count that comes back to that has begun anew. */
  first: number;
  highest: number;
  lowest: number;
  distinct: number;
  step: number;
  gaps: Gap[];
}

const NOTHING: NumberedMessages = { numbered: 0, lost: 0, repeated: 0, unknown: 0 };

/**
 * What is missing by the numbers of messages, within a connection and from one to the next, in bounded room. A number above the first of
 * the connection before goes on with its count; one that comes back to that begins another count, and then nothing can be said of what
 * lay between.
 */
export class LostMessages {
  #count: Count | null = null;
  /** Of counts that are over. */
  #before = NOTHING;
  #numbered = 0;
  #repeated = 0;
  #unknown = 0;
  #isNew = true;
  #told = NOTHING;

  /** Another connection: whether its numbers go on with those before is decided by its first. */
  connectionBegan(): void {
    this.#isNew = true;
  }

  /** Nobody was there to hear: what was missed meanwhile is no fault of the server's. */
  forget(): void {
    this.#close();
    this.#isNew = true;
  }

  take(number: number): void {
    const count = this.#count;
    this.#numbered += 1;
    if (count === null) return this.#begin(number);
    if (number <= count.first && (this.#isNew || number !== count.highest)) {
      this.#unknown += 1;
      this.#close();
      return this.#begin(number);
    }
    if (this.#isNew) count.first = number;
    this.#isNew = false;
    this.#place(count, number);
  }

  /** Since it was last asked. A gap that is filled later has been told already. */
  since(): NumberedMessages {
    const now = this.#now();
    const told = this.#told;
    this.#told = { ...now, lost: Math.max(now.lost, told.lost) };
    return {
      numbered: now.numbered - told.numbered,
      lost: Math.max(0, now.lost - told.lost),
      repeated: now.repeated - told.repeated,
      unknown: now.unknown - told.unknown,
    };
  }

  #now(): NumberedMessages {
    return {
      numbered: this.#numbered,
      lost: this.#before.lost + missingOf(this.#count),
      repeated: this.#repeated,
      unknown: this.#unknown,
    };
  }

  #begin(number: number): void {
    this.#isNew = false;
    this.#count = { first: number, highest: number, lowest: number, distinct: 1, step: 0, gaps: [] };
  }

  #close(): void {
    this.#before = { ...NOTHING, lost: this.#now().lost };
    this.#count = null;
  }

  #place(count: Count, number: number): void {
    if (number <= count.highest && !this.#fills(count, number)) {
      this.#repeated += 1;
      return;
    }
    count.distinct += 1;
    count.step = greatestCommon(count.step, Math.abs(number - count.lowest));
    if (number <= count.highest) return;
    if (number - count.highest > count.step) count.gaps.push({ after: count.highest, before: number });
    if (count.gaps.length > MAX_GAPS) count.gaps.shift();
    count.highest = number;
  }

  /** A number that was missing and comes late. */
  #fills(count: Count, number: number): boolean {
    const at = count.gaps.findIndex(({ after, before }) => number > after && number < before);
    const gap = count.gaps[at];
    if (!gap) return false;
    count.gaps.splice(at, 1, { after: gap.after, before: number }, { after: number, before: gap.before });
    return true;
  }
}

/** The step is the greatest that all numbers share: those that go up by ten miss nothing. */
function missingOf(count: Count | null): number {
  if (count === null || count.step === 0) return 0;
  return (count.highest - count.lowest) / count.step + 1 - count.distinct;
}

function greatestCommon(a: number, b: number): number {
  return b === 0 ? a : greatestCommon(b, a % b);
}
