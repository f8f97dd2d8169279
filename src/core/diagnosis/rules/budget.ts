import type { Budget, Finding, Fix, Layer, PhaseName } from '../../base/model.js';
import type { Evidence, Rule } from '../../base/evidence.js';
import { formatMs } from '../facts.js';
import { finding } from '../finding.js';
import { profileFix } from '../snippets/profile.js';
import { shellFix, textFix } from '../snippets/shell.js';

type Budgeted = PhaseName | 'total';

interface Measured {
  readonly name: Budgeted;
  readonly valueMs: number;
  readonly budget: Budget;
  /** What was measured, when it is not simply the phase. */
  readonly what: string;
  /** How long nothing of ours ran meanwhile. */
  readonly stalledMs: number;
}

const layers: Readonly<Record<Budgeted, Layer>> = {
  dns: 'dns',
  tcp: 'tcp',
  proxy: 'proxy',
  tls: 'tls',
  upgrade: 'application',
  message: 'application',
  close: 'application',
  total: 'network',
};

const advice: Readonly<Record<Budgeted, readonly string[]>> = {
  dns: ['The resolver is slow or far away: use a nearer one, or a local cache.'],
  tcp: ['One round trip to the machine takes this long: probe from nearer, or bring the server nearer.'],
  proxy: ['The proxy is slow: compare with a direct connection.'],
  tls: ['Use TLS 1.3 (one round trip), and a certificate with an ECDSA key.'],
  upgrade: [
    'The handler of the upgrade works before it answers: move session look-ups and database queries after the 101.',
  ],
  message: [
    'The reply waits in a queue or for a backend: compare with the round trip of a ping, which needs no application.',
  ],
  close: ['The server is slow to answer a Close frame: it finishes other work first.'],
  total: ['Look at the phases: the longest one is where the time goes.'],
};

/** A finding for each phase that took longer than its budget allows. */
export const budgets: Rule = {
  ids: ['budget.exceeded'],
  diagnose: (evidence) => measured(evidence).flatMap((item) => judge(item) ?? []),
};

function measured(evidence: Evidence): Measured[] {
  const { report, failure } = evidence;
  const found: Measured[] = [];
  for (const { name, status, startMs, durationMs, budget } of report.phases) {
    const brokeOtherwise = failure?.phase === name && failure.kind !== 'budget';
    if (name === 'message' || !budget || status === 'skipped' || status === 'not-reached' || brokeOtherwise) continue;
    const stalledMs = stalledIn(evidence, startMs, startMs + durationMs);
    found.push({ name, valueMs: durationMs, budget, what: `The ${phaseWords[name]}`, stalledMs });
  }
  return [...found, ...messageTime(evidence), ...totalTime(evidence)];
}

const phaseWords: Readonly<Record<PhaseName, string>> = {
  dns: 'name look-up',
  tcp: 'TCP connection',
  proxy: 'connection through the proxy',
  tls: 'TLS handshake',
  upgrade: 'upgrade',
  message: 'round trip',
  close: 'closing handshake',
};

/** Round trips are judged, not the phase: a profile without `message` has them from its ping. */
function messageTime(evidence: Evidence): Measured[] {
  const { report, plan } = evidence;
  const trips = report.roundTrips;
  const budget = plan.expect.budgets.message;
  if (!trips || !budget) return [];
  const { percentile } = budget;
  const valueMs =
    percentile <= 50 ? trips.p50Ms : percentile <= 95 ? trips.p95Ms : percentile < 100 ? trips.p99Ms : trips.maxMs;
  const name = percentile >= 100 ? 'slowest' : `p${percentile}`;
  const which = trips.samplesMs.length > 1 ? ` (${name} of ${trips.samplesMs.length})` : '';
  const { startMs = 0, durationMs = 0 } = report.phases.find((phase) => phase.name === 'upgrade') ?? {};
  const stalledMs = Math.min(valueMs, stalledIn(evidence, startMs + durationMs, report.durationMs));
  return [{ name: 'message', valueMs, budget, what: `The ${trips.mode} round trip${which}`, stalledMs }];
}

/** The time until the connection was ready, as the expectation about it measured it. */
function totalTime(evidence: Evidence): Measured[] {
  const { report, plan } = evidence;
  const budget = plan.expect.budgets.total;
  const row = report.expectations.find(({ name }) => name.startsWith('is ready within'));
  const valueMs = Number.parseFloat(row?.actual ?? '');
  if (!budget || !Number.isFinite(valueMs)) return [];
  return [{ name: 'total', valueMs, budget, what: 'Getting ready', stalledMs: stalledIn(evidence, 0, valueMs) }];
}

function stalledIn({ stalls }: Evidence, fromMs: number, toMs: number): number {
  const inside = stalls.map(({ startMs, endMs }) => Math.min(endMs, toMs) - Math.max(startMs, fromMs));
  return inside.reduce((sum, ms) => sum + Math.max(0, ms), 0);
}

function judge({ name, valueMs, budget, what, stalledMs }: Measured): Finding | null {
  const { degradedMs, downMs } = budget;
  const down = downMs !== null && valueMs > downMs;
  const limit = down ? downMs : degradedMs;
  if (limit === null || valueMs <= limit) return null;
  const mayBeOurs = valueMs - stalledMs <= limit;
  return finding('budget.exceeded', {
    layer: layers[name],
    severity: down ? 'error' : 'warning',
    title: `${what} took ${formatMs(valueMs)}, over its ${down ? 'limit' : 'budget'} of ${formatMs(limit)}`,
    explanation: `It works, but slower than the profile allows. ${(mayBeOurs ? OURS : advice[name]).join(' ')}`,
    evidence: [
      `Measured: ${formatMs(valueMs)}`,
      stalledMs > 0 && `Nothing of wsprobe ran on this machine for ${formatMs(stalledMs)} of it`,
      degradedMs !== null && `Degraded above: ${formatMs(degradedMs)}`,
      downMs !== null && `Down above: ${formatMs(downMs)}`,
    ],
    fixes: [!mayBeOurs && budgetFix(name, valueMs)],
  });
}

const OURS = [
  'This machine was too busy, or the process was stopped, for so long that the peer may well be within its budget: run it again before you look there.',
];

function budgetFix(name: Budgeted, valueMs: number): Fix {
  return profileFix('If this is as fast as it gets (profile)', {
    expect: { budgets: { [name]: { degradedMs: Math.ceil(valueMs * 1.5) } } },
  });
}

/** Round trips that differ by far among themselves: a queue or a lossy path behind a good average. */
export const unstable: Rule = {
  ids: ['latency.unstable'],
  diagnose: ({ report }) => {
    const trips = report.roundTrips;
    if (!trips || trips.samplesMs.length < 5) return null;
    const ratio = trips.p95Ms / Math.max(trips.p50Ms, 0.1);
    if (ratio < 3 || trips.p95Ms - trips.p50Ms < 20) return null;
    return finding('latency.unstable', {
      title: `Round trips are uneven: half take up to ${formatMs(trips.p50Ms)}, one in twenty ${formatMs(trips.p95Ms)} or more`,
      explanation:
        'When the handshake is fast and replies are sometimes slow, they wait in a queue behind the socket, a proxy reconnects, or the network is overfull. Compare with the round trip of a ping, which needs no application.',
      evidence: [
        `Samples: ${trips.samplesMs.slice(0, 20).map(formatMs).join(', ')}`,
        `p50 ${formatMs(trips.p50Ms)}, p95 ${formatMs(trips.p95Ms)}, p99 ${formatMs(trips.p99Ms)}, max ${formatMs(trips.maxMs)}`,
      ],
      fixes: [
        textFix(
          'Find out which half is slow',
          'Remove "message" from the profile: the probe then measures protocol pings.',
        ),
        shellFix('Look at the network alone', 'mtr --report --report-cycles 20 HOST'),
      ],
    });
  },
};
