import { setMaxListeners } from 'node:events';
import type { CloseInfo, Finding, Fix } from '../../base/model.js';
import { formatMs } from '../../close/disconnect.js';
import { settableTimers } from '../../close/timers.js';
import { finding } from '../../diagnosis/finding.js';
import { identifyServers } from '../../diagnosis/identifyServer.js';
import { profileFix } from '../../diagnosis/snippets/profile.js';
import { timeoutFixes } from '../../diagnosis/snippets/proxy.js';
import { idleOwners, listOf, namesSeen } from '../../diagnosis/timerOwners.js';
import type { Bench } from '../bench.js';
import type { Held } from '../held.js';
import { between, type Bracket, isNarrow, ladder, narrowed, NOTHING_KNOWN } from '../measure/bisection.js';
import type { ExperimentResult } from '../result.js';

const TOLERANCE = 0.1;
const MAX_ROUNDS = 6;
/** What most clients beat at, by the guides that tell them so. */
const COMMON_HEARTBEAT_MS = 30_000;
/** A heartbeat nearer to the cut than this comes too late now and then. */
const MARGIN = 0.9;
/** How much longer than the cut a connection with a heartbeat must live to show that it helps. */
const BEATEN = 1.3;
const SHORTEST_HEARTBEAT_MS = 1_000;

/** What the connections of an idle experiment showed by now. */
class Silences {
  bracket: Bracket = NOTHING_KNOWN;
  /** How the shortest cut came, as our socket saw it; null: nothing was seen, what was sent got no answer. */
  ending: CloseInfo | null = null;
  readonly cutsMs: number[] = [];
  /** The first connection that opened: who answered, and what is spoken. */
  first: Held | null = null;
  /** It answers pings, so that an answer shows whether a silence was outlived. */
  answers = true;
  serverSpeaks = false;

  /** The middle one of the cuts that agree with the shortest: what a busy machine reads late scatters to both sides. */
  get cutoffMs(): number | null {
    const { cutMs } = this.bracket;
    const alike = this.cutsMs.filter((ms) => ms <= (cutMs ?? 0) * (1 + TOLERANCE)).sort((a, b) => a - b);
    return alike[Math.floor(alike.length / 2)] ?? null;
  }

  survived(ms: number): void {
    this.bracket = narrowed(this.bracket, { ms, cut: false });
  }

  cut(ms: number, ending: CloseInfo | null): void {
    this.cutsMs.push(ms);
    if (this.bracket.cutMs === null || ms < this.bracket.cutMs) this.ending = ending;
    this.bracket = narrowed(this.bracket, { ms, cut: true });
  }
}

/** Connections held silent for growing times, in parallel; where some are cut, again between what was survived and what was not. */
export async function idle(bench: Bench): Promise<ExperimentResult> {
  const { connections, forMs } = bench.settings;
  const silences = new Silences();
  if (!(await meet(bench, silences))) return judge(bench, silences, null);
  await round(bench, silences, ladder(forMs, connections));
  const { cutMs } = silences.bracket;
  if (cutMs === null || silences.serverSpeaks) return judge(bench, silences, null);
  const beating = beat(bench, cutMs);
  for (let count = 1; count < MAX_ROUNDS && !isNarrow(silences.bracket, TOLERANCE) && !bench.signal.aborted; count++) {
    const again = cutMs * (1 + TOLERANCE);
    await round(bench, silences, [...between(silences.bracket, Math.max(1, connections - 1)), again]);
  }
  return judge(bench, silences, await beating);
}

/** A first connection, by itself: who answers, and whether pings are answered. */
async function meet(bench: Bench, silences: Silences): Promise<boolean> {
  const held = await bench.open();
  if (held.failure) return false;
  silences.first = held;
  silences.answers = (await held.ping(bench.plan.timeouts.messageMs)) !== null;
  await bench.finish(held, silences.answers ? 'answers pings' : 'does not answer pings');
  return true;
}

async function round(bench: Bench, silences: Silences, times: readonly number[]): Promise<void> {
  bench.note(`silent for ${formatMs(times[0] ?? 0)} to ${formatMs(times.at(-1) ?? 0)}`);
  const cut = new AbortController();
  setMaxListeners(0, cut.signal);
  await Promise.all(times.map((ms) => holdSilent(bench, silences, ms, cut)));
}

/** One connection, silent for a time or until another was cut, and then asked whether it lives. */
async function holdSilent(bench: Bench, silences: Silences, ms: number, cut: AbortController): Promise<void> {
  const held = await bench.open();
  if (held.failure) return;
  const { messageMs } = bench.plan.timeouts;
  // Silence begins with a frame that came now: the opening may have been read late.
  if (silences.answers) await held.ping(messageMs);
  const done = new AbortController();
  const othersCut = new Promise<void>((resolve) => cut.signal.addEventListener('abort', () => resolve()));
  // Another was cut after less: this one may still end in the same way, and then is of no use.
  const ofNoUse = othersCut.then(() => bench.sleep((silences.bracket.cutMs ?? 0) * TOLERANCE, done.signal));
  await bench.sleepWith(held, ms, ofNoUse);
  done.abort();
  const silentMs = held.silentMs;
  if (held.outlivedMs > TOLERANCE * ms && held.messages + held.pingsMs.length > 0) silences.serverSpeaks = true;
  const note = await outcomeOf(bench, silences, held, { ms, silentMs, messageMs });
  if (note.startsWith('cut')) cut.abort();
  await bench.finish(held, note, { silentMs });
}

interface Silence {
  /** How long it was to be, and how long it was. */
  readonly ms: number;
  readonly silentMs: number;
  readonly messageMs: number;
}

async function outcomeOf(bench: Bench, silences: Silences, held: Held, silence: Silence): Promise<string> {
  const { messageMs, ms, silentMs } = silence;
  if (!held.isOpen) {
    silences.cut(silentMs, held.close);
    return `cut after ${formatMs(silentMs)} of silence`;
  }
  if (bench.signal.aborted) return `interrupted after ${formatMs(silentMs)} of silence`;
  if (silentMs < ms * MARGIN) {
    silences.survived(Math.max(silentMs, held.outlivedMs));
    return `the longest silence was ${formatMs(Math.max(silentMs, held.outlivedMs))}`;
  }
  const answered = silences.answers ? await held.ping(messageMs) : 0;
  if (answered === null && !bench.signal.aborted) {
    silences.cut(silentMs, held.close);
    return `cut: no answer after ${formatMs(silentMs)} of silence`;
  }
  if (answered !== null) silences.survived(silentMs);
  return `outlived ${formatMs(silentMs)} of silence`;
}

interface Beat {
  readonly everyMs: number;
  readonly survived: boolean;
  readonly endedAfterMs: number | null;
}

/** A connection that pings often enough, for longer than silent ones live: whether that keeps it open. Null: it was cut short. */
async function beat(bench: Bench, cutMs: number): Promise<Beat | null> {
  const everyMs = Math.min(bench.plan.session.heartbeat?.everyMs ?? Number.POSITIVE_INFINITY, cutMs / 2);
  const held = await bench.open();
  if (held.failure) return null;
  const untilMs = bench.clock() + cutMs * BEATEN;
  while (held.isOpen && bench.clock() < untilMs && !bench.signal.aborted) {
    await bench.sleepWith(held, Math.min(everyMs, untilMs - bench.clock()));
    if (held.isOpen) void held.ping(bench.plan.timeouts.messageMs);
  }
  const survived = held.isOpen;
  const endedAfterMs = survived ? null : held.heldMs;
  await bench.finish(held, `pinged every ${formatMs(everyMs)}: ${survived ? 'stayed open' : 'was cut all the same'}`);
  return bench.signal.aborted ? null : { everyMs, survived, endedAfterMs };
}

function judge({ plan, settings }: Bench, silences: Silences, beating: Beat | null): ExperimentResult {
  const { survivedMs } = silences.bracket;
  const cutMs = silences.cutoffMs;
  const heartbeatMs = plan.session.heartbeat?.everyMs ?? null;
  const numbers = {
    idleCutoffMs: cutMs,
    outlivedMs: survivedMs,
    heartbeatMs,
    cuts: silences.cutsMs.length,
    heartbeatTriedMs: beating?.everyMs ?? null,
  };
  if (cutMs === null) {
    const conclusion = silences.serverSpeaks
      ? `The server speaks by itself: no connection was silent for longer than ${formatMs(survivedMs)}, and none was cut.`
      : `No connection was cut within ${formatMs(Math.max(survivedMs, 0))} of silence${survivedMs < settings.forMs * MARGIN ? '' : `, the longest that was tried (--for ${formatMs(settings.forMs)})`}.`;
    return { verdict: 'pass', conclusion, numbers, findings: [] };
  }
  const enough = heartbeatMs === null ? null : heartbeatMs <= cutMs * MARGIN;
  const blind = beating !== null && !beating.survived;
  const by = ownersOf(plan.url, silences, blind ? null : cutMs);
  const cut = `Silent connections are cut after ${formatMs(cutMs)}${by.words}`;
  return {
    verdict: enough === false || blind ? 'fail' : enough === null ? 'warn' : 'pass',
    conclusion: `${cut}: ${adviceOn(heartbeatMs, cutMs, blind)}.`,
    numbers,
    findings: [cutoffFinding(silences, { enough, blind, beating, heartbeatMs, by, cutMs })],
  };
}

function adviceOn(heartbeatMs: number | null, cutMs: number, blind: boolean): string {
  if (blind) return 'pings do not help, the timer does not heed them';
  if (heartbeatMs !== null) {
    const is = heartbeatMs <= cutMs * MARGIN ? 'is enough' : 'is not enough';
    return `your heartbeat of ${formatMs(heartbeatMs)} ${is}`;
  }
  if (COMMON_HEARTBEAT_MS <= cutMs * MARGIN) return 'a heartbeat of 30 s is enough, and the profile has none';
  return `a heartbeat of 30 s is not enough, one of ${formatMs(heartbeatFor(cutMs))} is`;
}

function titleOf(cutMs: number, enough: boolean | null): string {
  if (enough === null) return `Nothing keeps a connection open that is silent for ${formatMs(cutMs)}`;
  return enough ? 'The heartbeat of the profile keeps connections open' : 'The heartbeat of the profile comes too late';
}

function heartbeatFor(cutMs: number): number {
  const half = cutMs / 2;
  return half >= SHORTEST_HEARTBEAT_MS ? Math.floor(half / 1000) * 1000 : half;
}

interface Owners {
  readonly words: string;
  readonly evidence: readonly string[];
  readonly fixes: readonly Fix[];
}

const NOBODY = { named: [], unnamed: [] } as const;

/** Who runs such a timer here, by who answered, who was asked and what is spoken. Of no idle timer: who answered alone. */
function ownersOf(url: string, { ending, first }: Silences, idleMs: number | null): Owners {
  const software = first?.response ? identifyServers(first.response) : [];
  const seen = namesSeen(software, new URL(url).hostname, first?.dialect);
  const { named, unnamed } = idleMs === null ? NOBODY : idleOwners(idleMs, seen);
  // It was seen to be an idle timer, so the time need not be round; a Close frame is no proxy's.
  const isProxys = idleMs !== null && named.length === 0 && (ending === null || ending.code === 1006);
  const settable = isProxys ? settableTimers(seen) : [];
  const [suspect] = [...named, ...settable];
  const evidence = [
    software[0] && `The opening handshake was answered by ${software[0].name}: ${software[0].sign}`,
    named.length > 0 && `Its default fits: ${listOf(named)}`,
    settable.length > 0 && `It has such a timer, of a length that is set: ${listOf(settable)}`,
    unnamed.length > 0 && `Nothing names them here, but of this length by default: ${listOf(unnamed)}`,
  ].filter((line) => typeof line === 'string');
  return {
    words: suspect ? ` (as by ${suspect.name})` : '',
    evidence,
    fixes: idleMs === null ? [] : timeoutFixes(software),
  };
}

interface Cutoff {
  readonly enough: boolean | null;
  readonly blind: boolean;
  readonly beating: Beat | null;
  readonly heartbeatMs: number | null;
  readonly by: Owners;
  readonly cutMs: number;
}

function cutoffFinding({ bracket, ending }: Silences, found: Cutoff): Finding {
  const { beating, blind, by, cutMs, enough } = found;
  const everyMs = heartbeatFor(cutMs);
  const helps =
    blind || everyMs < SHORTEST_HEARTBEAT_MS
      ? null
      : profileFix('Keep it open with a heartbeat (profile)', {
          session: { heartbeat: { every: everyMs, send: 'ping' } },
        });
  return finding(blind ? 'lab.heartbeat-blind' : 'lab.idle-cutoff', {
    title: blind ? 'Pings do not keep a connection open' : titleOf(cutMs, enough),
    severity: enough === false || blind ? 'error' : enough ? 'info' : 'warning',
    explanation: blind
      ? 'A connection that pinged the whole time was cut as well. Either its lifetime is limited, whatever its traffic, or the server wants messages of the application and heeds no pings.'
      : 'A proxy, a load balancer or the server ends connections on which nothing passes for that long. Traffic in either direction starts the time anew, so a heartbeat keeps them open; raising one timer only brings out the next longer one on the way.',
    evidence: [
      `Outlived: ${formatMs(bracket.survivedMs)} of silence; not outlived: ${formatMs(cutMs)}`,
      ending?.evidence ??
        'Nothing told us of the end: what was sent afterwards got no answer, as behind a firewall or NAT that forgets',
      beating &&
        `Pinged every ${formatMs(beating.everyMs)} it ${beating.survived ? 'stayed open' : `ended after ${formatMs(beating.endedAfterMs ?? 0)}`}`,
      ...by.evidence,
    ],
    fixes: [helps, ...by.fixes],
  });
}
