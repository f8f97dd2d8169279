import { gapsBetween, paceOf } from '../../base/pace.js';
import { percentile } from '../../base/percentiles.js';
import type { Finding } from '../../base/model.js';
import { formatMs } from '../../close/disconnect.js';
import { finding } from '../../diagnosis/finding.js';
import { profileFix } from '../../diagnosis/snippets/profile.js';
import { headerValue } from '../../handshake/headers.js';
import { backoffMs } from '../../session/backoff.js';
import type { Bench } from '../bench.js';
import type { Held, HeldMessage } from '../held.js';
import { judgeSequence } from '../measure/sequence.js';
import { MessageNumbers } from '../messageNumbers.js';
import type { ExperimentResult } from '../result.js';
import { lostFinding } from './sequence.js';

/** What most clients do, where the profile does not say. */
const USUAL_POLICY = { initialMs: 1_000, maxMs: 30_000, jitter: 0.5, maxAttempts: 10 };
/** Of a hundred clients that come back five may have to try twice. */
const FIRST_TRIES = 0.95;

/** The numbers of one connection, and whoever waits for the next. */
class Ear {
  readonly numbers: MessageNumbers | null;
  #wake: () => void = () => {};

  constructor(path: string | undefined) {
    this.numbers = path === undefined ? null : new MessageNumbers(path);
  }

  readonly onMessage = (message: HeldMessage): void => {
    if (this.numbers && this.numbers.take(message) !== null) this.#wake();
  };

  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

interface Return {
  /** From the end of one connection to the opening of the next. */
  readonly goneMs: number;
  readonly tries: number;
}

class Tally {
  readonly returns: Return[] = [];
  readonly spacingsMs: number[] = [];
  readonly openedMs: number[] = [];
  readonly ears: Ear[] = [];
  dropsByServer = 0;
  gaveUp = false;
  retryAfterSeconds: number | null = null;
}

/** One client, dropped again and again, that comes back as the profile says: how soon, at which try, and what it missed meanwhile. */
export async function reconnect(bench: Bench): Promise<ExperimentResult> {
  const { connections } = bench.settings;
  const untilMs = bench.clock() + bench.settings.forMs;
  const tally = new Tally();
  let held = await openWith(bench, tally);
  while (!held.failure && tally.returns.length < connections && bench.clock() < untilMs && !bench.signal.aborted) {
    bench.note(`back ${tally.returns.length} of ${connections} times`);
    await stay(bench, held, tally);
    if (bench.signal.aborted) break;
    if (!held.isOpen) tally.dropsByServer += 1;
    bench.drop(held, held.isOpen ? 'dropped by us' : 'ended by the server');
    held = await comeBack(bench, tally);
  }
  if (!held.failure) {
    await stay(bench, held, tally);
    await bench.finish(held);
  }
  return judge(bench, tally);
}

async function openWith(bench: Bench, tally: Tally): Promise<Held> {
  const ear = new Ear(bench.settings.jsonPath);
  const held = await bench.open({ onMessage: ear.onMessage });
  if (!held.failure) {
    tally.ears.push(ear);
    tally.openedMs.push(held.openMs ?? bench.clock());
  }
  return held;
}

/** Long enough to count as connected; where messages have numbers, until one came that was not seen before. */
async function stay(bench: Bench, held: Held, tally: Tally): Promise<void> {
  const ear = tally.ears.at(-1);
  const untilMs = bench.clock() + bench.plan.timeouts.messageMs;
  await bench.sleepWith(held, bench.plan.expect.holdMs);
  if (!ear?.numbers) return;
  const before = tally.ears.at(-2)?.numbers?.values ?? [];
  const seen = before.reduce((most, number) => Math.max(most, number), Number.NEGATIVE_INFINITY);
  while (held.isOpen && !bench.signal.aborted && bench.clock() < untilMs) {
    if (ear.numbers.values.some((number) => number > seen)) return;
    await bench.sleepWith(held, untilMs - bench.clock(), ear.next());
  }
}

async function comeBack(bench: Bench, tally: Tally): Promise<Held> {
  const policy = bench.plan.session.reconnect ?? USUAL_POLICY;
  const goneMs = bench.clock();
  let lastMs = goneMs;
  for (let tries = 1; ; tries++) {
    const held = await openWith(bench, tally);
    if (!held.failure) {
      tally.returns.push({ goneMs: (held.openMs ?? bench.clock()) - goneMs, tries });
      return held;
    }
    const after = Number(headerValue(held.response?.headers ?? [], 'retry-after') ?? Number.NaN);
    if (after >= 0) tally.retryAfterSeconds = Math.max(after, tally.retryAfterSeconds ?? 0);
    if (tries >= policy.maxAttempts || bench.signal.aborted) {
      tally.gaveUp = !bench.signal.aborted;
      return held;
    }
    bench.note(`try ${tries + 1} to come back`);
    await bench.sleep(Math.max(backoffMs(policy, tries), Math.min(after >= 0 ? after * 1_000 : 0, policy.maxMs)));
    tally.spacingsMs.push(bench.clock() - lastMs);
    lastMs = bench.clock();
  }
}

interface Missed {
  readonly lost: number;
  readonly repeated: number;
  /** Each connection counts for itself: nothing can be said of what lies between two. */
  readonly startsAnew: boolean;
  readonly evidence: readonly string[];
}

/** What lay between two connections, by the last number before and the numbers after. */
export function missedBetween(connections: readonly (readonly number[])[]): Missed {
  const step = judgeSequence(connections.flat()).step;
  const firsts = new Set(connections.flatMap(([first]) => (first === undefined ? [] : [first])));
  const lengths = connections.filter(({ length }) => length > 0).length;
  const startsAnew = lengths > 1 && firsts.size === 1;
  let lost = 0;
  let repeated = 0;
  const evidence: string[] = [];
  let last: number | null = null;
  for (const numbers of startsAnew ? [] : connections) {
    const before = last;
    if (before !== null && numbers.length > 0) {
      const again = numbers.filter((number) => number <= before).length;
      const first = numbers.reduce((least, number) => (number > before ? Math.min(least, number) : least), Infinity);
      const gap = again > 0 || !Number.isFinite(first) ? 0 : Math.round((first - before) / step) - 1;
      repeated += again;
      lost += gap;
      if (gap > 0) evidence.push(`Before the drop ${before} was the last, afterwards ${first} the first`);
    }
    last = numbers.reduce<number | null>((most, number) => Math.max(most ?? number, number), last);
  }
  return { lost, repeated, startsAnew, evidence: evidence.slice(0, 10) };
}

function judge(bench: Bench, tally: Tally): ExperimentResult {
  const { returns, spacingsMs } = tally;
  const gone = returns.map(({ goneMs }) => goneMs).sort((a, b) => a - b);
  const atFirst = returns.filter(({ tries }) => tries === 1).length;
  const share = returns.length === 0 ? null : atFirst / returns.length;
  const reads = bench.settings.jsonPath !== undefined;
  const missed = reads ? missedBetween(tally.ears.map(({ numbers }) => numbers?.values ?? [])) : null;
  const known = missed && !missed.startsAnew && tally.ears.some(({ numbers }) => (numbers?.values.length ?? 0) > 0);
  const sorted = [...spacingsMs].sort((a, b) => a - b);
  const numbers = {
    returns: returns.length,
    firstTryPercent: share === null ? null : share * 100,
    tries: returns.reduce((total, { tries }) => total + tries, 0),
    goneP50Ms: gone.length === 0 ? null : percentile(gone, 50),
    goneP95Ms: gone.length === 0 ? null : percentile(gone, 95),
    spacingP50Ms: sorted.length === 0 ? null : percentile(sorted, 50),
    endedByServer: tally.dropsByServer,
    retryAfterSeconds: tally.retryAfterSeconds,
    ...(reads ? { lost: known ? missed.lost : null, repeated: known ? missed.repeated : null } : {}),
  };
  const findings = [
    ...(known && missed.lost > 0
      ? [lostFinding(`${missed.lost} messages were lost between two connections`, missed.evidence)]
      : []),
    ...(tally.gaveUp || (share !== null && share < FIRST_TRIES) ? [refused(tally, atFirst, bench)] : []),
    ...(known && missed.repeated > 0 ? [repeatedFinding(missed.repeated)] : []),
  ];
  const sooner = soonerWords(tally);
  const failed = tally.gaveUp || (known && missed.lost > 0);
  return {
    verdict: failed ? 'fail' : findings.length > 0 || sooner !== '' || (missed && !known) ? 'warn' : 'pass',
    conclusion: `${conclusionOf(tally, atFirst, gone)}${sooner}${missed ? missedWords(missed, known === true) : ''}.`,
    numbers,
    findings,
  };
}

function conclusionOf({ gaveUp, returns }: Tally, atFirst: number, gone: readonly number[]): string {
  if (returns.length === 0) return gaveUp ? 'The client did not come back' : 'The client was never dropped';
  const back = `The client came back ${returns.length} times, ${atFirst} at the first try, gone for ${formatMs(percentile(gone, 50))} (p50)`;
  return gaveUp ? `${back}, and then no more` : back;
}

/** What the server does to a client that behaves; drops of ours come evenly. */
export function soonerWords({ dropsByServer, openedMs }: Pick<Tally, 'dropsByServer' | 'openedMs'>): string {
  const pace = dropsByServer > 0 ? paceOf(gapsBetween(openedMs)) : null;
  if (!pace?.quickens) return '';
  return `; the server drops it sooner and sooner, every ${formatMs(pace.earlierMs)} before, every ${formatMs(pace.laterMs)} in the end`;
}

function missedWords({ lost, repeated, startsAnew }: Missed, known: boolean): string {
  if (startsAnew) return '; each connection is numbered by itself, so what was missed cannot be told';
  if (!known) return '; no message had a number, so what was missed cannot be told';
  if (lost + repeated === 0) return '; no message was lost or repeated';
  return `; ${lost} messages were lost, ${repeated} repeated`;
}

function refused({ gaveUp, retryAfterSeconds, returns }: Tally, atFirst: number, { plan }: Bench): Finding {
  const { initialMs, maxMs } = plan.session.reconnect ?? USUAL_POLICY;
  return finding('lab.reconnect-refused', {
    title: gaveUp
      ? 'A client that was dropped did not get back in'
      : `A client that was dropped got back in at the first try in ${atFirst} of ${returns.length} cases alone`,
    severity: gaveUp ? 'error' : 'warning',
    explanation:
      'Clients that all come back at once, after a deploy or a broken link, meet the same refusals together. Delays must grow and be left to chance in part, and what the server says of when to come back must be heeded.',
    evidence: [
      retryAfterSeconds !== null && `The server said Retry-After: ${retryAfterSeconds}`,
      maxMs <= initialMs &&
        `This client does not back off: by session.reconnect of the profile it waits ${formatMs(maxMs)} at most, each time`,
    ],
    fixes: [profileFix('Come back with growing delays (profile)', { session: { reconnect: USUAL_POLICY } })],
  });
}

function repeatedFinding(count: number): Finding {
  return finding('lab.messages-disordered', {
    title: `${count} messages came again after the client was back`,
    explanation:
      'The server sends again what it had sent before the drop, so that nothing is lost. A client must leave out what it has, by the number.',
  });
}
