import { percentile } from '../../base/percentiles.js';
import { quoteText } from '../../base/plainText.js';
import type { Finding } from '../../base/model.js';
import { formatMs } from '../../close/disconnect.js';
import { finding } from '../../diagnosis/finding.js';
import type { Bench } from '../bench.js';
import type { Held, HeldMessage } from '../held.js';
import {
  type ApplicationHeartbeat,
  heartbeatAnswer,
  type HeardText,
  middleGap,
  recogniseHeartbeat,
} from '../measure/heartbeats.js';
import type { ExperimentResult } from '../result.js';

const PINGS = 5;
const MAX_HEARD = 10_000;
/** Two lives that differ by less ended for the same reason, whoever answered. */
const ALIKE = 0.1;
/** What a busy machine may add to either. */
const SLACK_MS = 100;

interface Listened {
  readonly held: Held;
  readonly heard: readonly HeardText[];
  readonly endedAfterMs: number | null;
}

/** Three connections side by side: one that listens and answers, one that pings, and one that answers nothing. */
export async function heartbeat(bench: Bench): Promise<ExperimentResult> {
  bench.note('listening, pinging, and answering nothing');
  const [listening, pinging, mute] = await Promise.all([listen(bench, true), ping(bench), listen(bench, false)]);
  return judge(bench, listening, mute, pinging);
}

async function listen(bench: Bench, answers: boolean): Promise<Listened | null> {
  const heard: HeardText[] = [];
  const onMessage = (message: HeldMessage, held: Held) => {
    if (message.bytes.length > 1_024 || heard.length >= MAX_HEARD) return;
    const text = Buffer.from(message.bytes).toString();
    heard.push({ text, atMs: message.atMs });
    const answer = answers ? heartbeatAnswer(text) : null;
    if (answer !== null) void held.send({ text: answer });
  };
  const held = await bench.open({ onMessage, answersPings: answers });
  if (held.failure) return null;
  await bench.sleepWith(held, bench.settings.forMs);
  const endedAfterMs = held.isOpen ? null : held.heldMs;
  await bench.finish(held, answers ? 'answered pings and heartbeats' : 'answered nothing');
  return { held, heard, endedAfterMs };
}

interface Pinged {
  readonly sent: number;
  readonly roundTripsMs: readonly number[];
}

async function ping(bench: Bench): Promise<Pinged | null> {
  const held = await bench.open();
  if (held.failure) return null;
  const { messageMs } = bench.plan.timeouts;
  const roundTripsMs: number[] = [];
  let sent = 0;
  for (; sent < PINGS && held.isOpen && !bench.signal.aborted; sent++) {
    const roundTripMs = await held.ping(Math.min(messageMs, bench.settings.forMs));
    if (roundTripMs !== null) roundTripsMs.push(roundTripMs);
    else if (held.isOpen) break;
    await bench.sleepWith(held, bench.settings.forMs / (PINGS * 2));
  }
  await bench.finish(held, `${roundTripsMs.length} pings answered`);
  return { sent: Math.max(sent, 1), roundTripsMs };
}

function judge(
  bench: Bench,
  listening: Listened | null,
  mute: Listened | null,
  pinged: Pinged | null,
): ExperimentResult {
  const pingEveryMs = listening ? middleGap(listening.held.pingsMs) : null;
  const beats = listening && recogniseHeartbeat(listening.heard);
  const noticedMs = noticedAfter(listening, mute);
  const trips = [...(pinged?.roundTripsMs ?? [])].sort((a, b) => a - b);
  const answers = pinged === null ? null : trips.length > 0;
  const serverPings = listening?.held.pingsMs.length ?? 0;
  const firstPing = mute?.held.pingsMs[0];
  const numbers = {
    serverPings,
    serverPingEveryMs: pingEveryMs,
    applicationHeartbeatEveryMs: beats?.everyMs ?? null,
    pongP50Ms: trips.length === 0 ? null : percentile(trips, 50),
    pongMaxMs: trips.at(-1) ?? null,
    muteNoticedAfterMs: noticedMs,
    muteNoticedAfterPingMs:
      noticedMs === null || firstPing === undefined ? null : Math.max(0, (mute?.held.endMs ?? 0) - firstPing),
  };
  const pings = pingWords(serverPings, pingEveryMs, beats);
  const answered = answers === null ? '' : answers ? ', answers ours' : ', does not answer ours';
  const findings = [
    ...(answers === false ? [noPong()] : []),
    ...(noticedMs === null && mute ? [unnoticed(bench, pings, mute)] : []),
  ];
  return {
    verdict: findings.length > 0 ? 'warn' : 'pass',
    conclusion: `The server ${pings}${answered}, and ${muteWords(bench, noticedMs, mute)}.`,
    numbers,
    findings,
  };
}

/** How long the server took to end the connection that answered nothing; null where it did not, or ended the other one alike. */
function noticedAfter(listening: Listened | null, mute: Listened | null): number | null {
  const afterMs = mute?.endedAfterMs ?? null;
  const otherMs = listening?.endedAfterMs ?? null;
  if (afterMs === null) return null;
  return otherMs !== null && Math.abs(otherMs - afterMs) <= afterMs * ALIKE + SLACK_MS ? null : afterMs;
}

function pingWords(count: number, everyMs: number | null, beats: ApplicationHeartbeat | null): string {
  const protocol = everyMs === null ? (count > 0 ? 'pinged once' : null) : `pings every ${formatMs(everyMs)}`;
  const pace = beats?.everyMs === null || !beats ? '' : ` every ${formatMs(beats.everyMs)}`;
  const own =
    beats && `sends the heartbeat of ${beats.dialect ?? 'its application'} (${quoteText(beats.example, 40)})${pace}`;
  return [protocol, own].filter((part) => part !== null).join(' and ') || 'does not ping';
}

function muteWords({ settings }: Bench, noticedMs: number | null, mute: Listened | null): string {
  if (!mute) return 'the connection that was to answer nothing did not open';
  if (noticedMs !== null) return `ends a client that answers nothing after ${formatMs(noticedMs)}`;
  if (mute.endedAfterMs !== null)
    return `ended clients that answer like those that do not, after ${formatMs(mute.endedAfterMs)}`;
  return `did not notice a client that answers nothing within ${formatMs(Math.min(mute.held.heldMs, settings.forMs))}`;
}

function noPong(): Finding {
  return finding('ping.unanswered', {
    title: 'The server does not answer pings',
    explanation:
      'RFC 6455 5.5.2 wants a pong for every ping. A client that judges by pongs takes the server for dead, and reconnects again and again; heartbeats must then be messages of the application.',
  });
}

function unnoticed(bench: Bench, pings: string, mute: Listened): Finding {
  const unanswered = mute.held.pingsMs.length;
  return finding('lab.mute-unnoticed', {
    title: `A client that answers nothing is not noticed${mute.endedAfterMs === null ? ` within ${formatMs(bench.settings.forMs)}` : ''}`,
    explanation:
      'A client whose network is gone looks like this: TCP says nothing for many minutes. Until the server notices, the dead connection takes memory and a file descriptor, counts as present, and messages for it are lost. A server should ping, and end a connection whose pong does not come.',
    evidence: [
      `The server ${pings}`,
      unanswered > 0 && `${unanswered} of its pings were left unanswered`,
      mute.endedAfterMs !== null && 'The connection that answered ended after the same time: by another timer',
    ],
    fixes: [
      {
        title: 'Node (ws): end whoever does not answer',
        language: 'javascript',
        snippet: `wss.on('connection', (socket) => {
  socket.isAlive = true;
  socket.on('pong', () => (socket.isAlive = true));
});
setInterval(() => {
  for (const socket of wss.clients) {
    if (!socket.isAlive) socket.terminate();
    socket.isAlive = false;
    socket.ping();
  }
}, 30_000);`,
      },
    ],
  });
}
