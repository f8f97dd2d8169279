import type { CloseInfo, Finding } from '../../base/model.js';
import { formatMs } from '../../close/disconnect.js';
import { finding } from '../../diagnosis/finding.js';
import { identifyServers } from '../../diagnosis/identifyServer.js';
import { profileFix } from '../../diagnosis/snippets/profile.js';
import { lifetimeOwners, listOf, namesSeen } from '../../diagnosis/timerOwners.js';
import type { Bench } from '../bench.js';
import type { Held } from '../held.js';
import { clusters } from '../measure/clusters.js';
import { distribution } from '../measure/shares.js';
import type { ExperimentResult } from '../result.js';

/** Often enough for every idle timer that is known. */
const USUAL_PING_MS = 4_000;
const MAX_SPREAD_MS = 60_000;

interface Life {
  readonly held: Held;
  /** Null: it stood until the experiment was over. */
  readonly endedAfterMs: number | null;
  readonly close: CloseInfo | null;
}

/** Connections that are kept busy with pings, opened at different times: whether their lives or the moments of their ends agree. */
export async function lifetime(bench: Bench): Promise<ExperimentResult> {
  const { connections, forMs } = bench.settings;
  const spreadMs = Math.min(forMs / 10, MAX_SPREAD_MS);
  bench.note('kept busy with pings');
  const lives = await Promise.all(
    Array.from({ length: connections }, async (_, index) => {
      await bench.sleep((spreadMs * index) / connections);
      return live(bench, forMs);
    }),
  );
  return judge(
    bench,
    lives.flatMap((one) => one ?? []),
  );
}

async function live(bench: Bench, forMs: number): Promise<Life | null> {
  const held = await bench.open();
  if (held.failure) return null;
  const everyMs = Math.min(bench.plan.session.heartbeat?.everyMs ?? USUAL_PING_MS, forMs / 10);
  const untilMs = bench.clock() + forMs;
  while (held.isOpen && bench.clock() < untilMs && !bench.signal.aborted) {
    await bench.sleepWith(held, Math.min(everyMs, untilMs - bench.clock()));
    if (held.isOpen) void held.ping(bench.plan.timeouts.messageMs);
  }
  const endedAfterMs = held.isOpen ? null : held.heldMs;
  await bench.finish(held, endedAfterMs === null ? 'stood to the end' : `lived ${formatMs(endedAfterMs)}`);
  return { held, endedAfterMs, close: held.close };
}

function judge({ plan }: Bench, lives: readonly Life[]): ExperimentResult {
  const ended = lives.filter((one): one is Life & { readonly endedAfterMs: number } => one.endedAfterMs !== null);
  const ages = ended.map(({ endedAfterMs }) => endedAfterMs);
  const [cluster] = clusters(ages);
  const moments = ended.flatMap(({ held }) => held.endMs ?? []);
  // Opened at different times, connections that end at one moment have different ages.
  const together = ended.length >= 3 && spreadOf(moments) < spreadOf(ages) / 2;
  const numbers = {
    ended: ended.length,
    stood: lives.length - ended.length,
    lifetimeMs: cluster && !together ? cluster.medianMs : null,
    shortestMs: ages.length === 0 ? null : Math.min(...ages),
    longestMs: ages.length === 0 ? null : Math.max(...ages),
    clustered: cluster && !together ? cluster.count : 0,
  };
  if (ended.length === 0) {
    const stoodMs = Math.min(...lives.map(({ held }) => held.heldMs));
    const conclusion = `${lives.length} connections stood for ${formatMs(stoodMs)}, and none was ended.`;
    return { verdict: 'pass', conclusion, numbers, findings: [] };
  }
  const codes = distribution(
    ended.map(({ close }) => close?.evidence.replace(/ after [\d.]+ m?s\.$/, '.') ?? 'no end was seen'),
  );
  const evidence = codes.slice(0, 6).map(([how, count]) => `${count} times: ${how}`);
  if (together) {
    const conclusion = `${ended.length} of ${lives.length} connections ended at one moment, whatever their age: one event ended them, a restart or a lost link.`;
    return { verdict: 'warn', conclusion, numbers, findings: [endedTogether(evidence)] };
  }
  if (!cluster) {
    const conclusion = `${ended.length} of ${lives.length} connections ended although they were busy, after ${formatMs(Math.min(...ages))} to ${formatMs(Math.max(...ages))}: no common lifetime.`;
    return { verdict: 'warn', conclusion, numbers, findings: [endedEarly(evidence)] };
  }
  const software = ended[0]?.held.response ? identifyServers(ended[0].held.response) : [];
  const owners = lifetimeOwners(
    cluster.medianMs,
    namesSeen(software, new URL(plan.url).hostname, ended[0]?.held.dialect),
  );
  const by = owners.length === 0 ? '' : ` (as by ${listOf(owners)})`;
  const conclusion = `${cluster.count} of ${lives.length} connections were ended after ${formatMs(cluster.medianMs)} although they were busy: a limit on their lifetime${by}.`;
  return { verdict: 'warn', conclusion, numbers, findings: [limited(cluster.medianMs, evidence)] };
}

function spreadOf(times: readonly number[]): number {
  return Math.max(...times) - Math.min(...times);
}

const comeBack = profileFix('Come back by itself (profile)', {
  session: { reconnect: { initialMs: 1000, maxMs: 30000, jitter: 0.5 } },
});

function limited(ms: number, evidence: readonly string[]): Finding {
  return finding('lab.lifetime-limit', {
    title: `Connections may live for ${formatMs(ms)}`,
    explanation:
      'The connections pinged the whole time, and were ended at the same age. No heartbeat helps against that: a client must come back by itself, and best before the limit, at a moment of its own choice.',
    evidence,
    fixes: [comeBack],
  });
}

function endedTogether(evidence: readonly string[]): Finding {
  return finding('lab.ended-together', {
    title: 'One event ended connections of different ages',
    explanation:
      'Connections of different ages ended together: a server that was restarted, a proxy that loaded its configuration anew, a link that was lost. All clients come back at that moment, so their delays must be left to chance in part.',
    evidence,
    fixes: [comeBack],
  });
}

function endedEarly(evidence: readonly string[]): Finding {
  return finding('lab.ended-early', {
    title: 'Busy connections do not last',
    explanation:
      'The connections pinged the whole time and had no common age when they ended: servers that are replaced one by one, a limit on messages or bytes, or faults of the network.',
    evidence,
    fixes: [comeBack],
  });
}
