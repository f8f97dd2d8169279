import type { Fix, PhaseName } from '../base/model.js';
import { gapsBetween, PACE_GAPS, paceOf } from '../base/pace.js';
import type { ProbePlan } from '../base/plan.js';
import type { Sample } from '../base/sample.js';
import { lostText } from '../text/sequenceText.js';
import { percentileOf } from './recent.js';
import { STORM_TIMES, timesUsual } from './storm.js';

/** What a rule may look at: a target as it stands. */
export interface AlertView {
  readonly plan: Pick<ProbePlan, 'expect' | 'watch'>;
  /** The latest looks, the newest last. */
  readonly looks: readonly Sample[];
  /** The last five minutes, and how much of them was covered. */
  readonly lately: Covered;
  /** The last minute, and the quarter of an hour that ends with it. */
  readonly minute: Covered;
  readonly quarter: Covered;
  readonly ends: Ends;
}

interface Covered {
  readonly coveredMs: number;
  readonly samples: readonly Sample[];
}

/** What a rule may look at of other people's connections. */
export interface TapAlertView {
  /** Limits hold for every tap. */
  readonly plan: null;
  readonly ends: Ends;
  /** Share of the open connections that the last minute has lost; null: too few to say. */
  readonly lost: number | null;
  /** Growth of the server's memory while as many connections are open, 0.2 for a fifth; null: unknown. */
  readonly memoryGrowth: number | null;
}

/** How connections end and begin again. */
export interface Ends {
  /** Close codes lately. */
  readonly codes: readonly number[];
  /** How often who comes most often comes back, a minute; null: nothing can be said. */
  readonly reconnects: number | null;
  /** How many times as often as usual connections begin; null: nothing is usual yet. */
  readonly timesUsual: number | null;
}

export interface AlertRule<View extends { readonly plan: unknown } = AlertView> {
  /** Public: `abnormal-closes`, `p95.upgrade`… */
  readonly id: string;
  /** Fires above the one, and clears at or below the other; null: this plan has no such limit. */
  limits(plan: View['plan']): { readonly fires: number; readonly clears: number } | null;
  /** Null: nothing can be said now, and an alert stays as it is. */
  measure(view: View): number | null;
  title(value: number, plan: View['plan']): string;
  /** Findings that belong to it: the latest of them is its headline. */
  readonly about: RegExp;
  /** What to do where no finding says it. */
  readonly advice: Fix;
}

/** So few ends of connections, or round trips, make no share. */
const LEAST = 20;
const LEAST_BEATS = 10;
const CLOSES = /^(close|session|limit|ping|frame)\./;
const ABNORMAL = new Set([1006, 1011, 1012, 1013]);
const DEFAULT_CERTIFICATE_DAYS = 14;
const MINUTE = 60_000;
const NOTHING = /^$/;
/** Good ones in a row that end an outage. */
const RECOVERED = 2;

const advice = (title: string, snippet: string): Fix => ({ title, language: 'text', snippet });
const percent = (share: number) => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;

/** What is watched for wherever connections end and begin again. */
function endRules<View extends { readonly plan: unknown; readonly ends: Ends }>(words: {
  readonly reconnects: string;
  readonly storm: string;
}): readonly AlertRule<View>[] {
  return [
    {
      id: 'abnormal-closes',
      limits: () => ({ fires: 0.05, clears: 0.025 }),
      measure: ({ ends }) => shareOfCloses(ends, (code) => ABNORMAL.has(code)),
      title: (share) => `${percent(share)} of the connections end abnormally (1006, 1011, 1012, 1013)`,
      about: CLOSES,
      advice: advice(
        'Look at the codes',
        '1006: the network or a proxy cut the connection; look at idle timeouts on the way.\n1011: an exception of the application; read its log.\n1012: restarts; drain connections before a deploy.\n1013: overload; scale out, and let clients back off.',
      ),
    },
    {
      id: 'dropped-closes',
      limits: () => ({ fires: 0.02, clears: 0.01 }),
      measure: ({ ends }) => shareOfCloses(ends, (code) => code === 1006),
      title: (share) => `${percent(share)} of the connections end without a Close frame (1006)`,
      about: CLOSES,
      advice: advice(
        'Find who cuts the connection',
        'A proxy that is idle for too long: send a heartbeat more often than its timeout, or raise that.\nA server that crashes or is killed: read its log at these times.',
      ),
    },
    {
      id: 'reconnects',
      limits: () => ({ fires: 1, clears: 0.5 }),
      measure: ({ ends }) => ends.reconnects,
      title: (rate) => `${words.reconnects} ${rate.toFixed(1)} times a minute`,
      about: /^(close|session|limit|ping|frame|tcp|upgrade)\./,
      advice: advice(
        'Back off, and find who cuts the connection',
        'Clients: wait 1 s, 2 s, 4 s… up to 30 s, half of it left to chance.\nServer: look for restarts, and for idle timeouts on the way.',
      ),
    },
    {
      id: 'reconnect-storm',
      limits: () => ({ fires: STORM_TIMES, clears: STORM_TIMES / 2 }),
      measure: ({ ends }) => ends.timesUsual,
      title: (times) => `${words.storm} ${times.toFixed(0)} times as often as usual`,
      about: /^(close|session|limit|ping|frame|tcp|upgrade)\./,
      advice: advice(
        'A server that accepts and drops at once',
        'Clients: let the delay grow until a connection has stood for a while, not until it opens.\nServer: refuse with 503 and Retry-After while it is not ready, and let clients in a few at a time.',
      ),
    },
  ];
}

/** What several rules look at, of a watched target. */
export function watchedEnds({ lately, looks, minute, quarter }: Omit<AlertView, 'ends' | 'plan'>): Ends {
  const codes = looks.flatMap(({ closeCode }) => closeCode ?? []);
  const isHeld = ({ kind }: Sample) => kind === 'hold';
  const now = reconnectsIn(minute.samples);
  const beforeMs = quarter.coveredMs - minute.coveredMs;
  return {
    codes,
    reconnects: lately.samples.some(isHeld)
      ? reconnectsIn(lately.samples) / Math.max(1, lately.coveredMs / MINUTE)
      : null,
    // Nothing is usual before a minute has passed.
    timesUsual:
      beforeMs < MINUTE || !quarter.samples.some(isHeld)
        ? null
        : timesUsual(now, (reconnectsIn(quarter.samples) - now) / (beforeMs / MINUTE)),
  };
}

/** All that is watched for; the limits are those that guides to WebSocket monitoring agree on. */
export const ALERT_RULES: readonly AlertRule[] = [
  {
    id: 'failures',
    limits: ({ watch }) => ({ fires: watch.alertAfter - 1, clears: 0 }),
    measure: ({ looks }) => failuresInRow(looks),
    title: (count) => `Down ${count} times in a row`,
    about: /./,
    advice: advice('Ask the probe why', 'wsprobe probe <target> --verbose'),
  },
  ...endRules<AlertView>({
    reconnects: 'The held connection is begun anew',
    storm: 'The held connection is begun anew',
  }),
  {
    id: 'reconnects-faster',
    limits: () => ({ fires: 2, clears: 1.5 }),
    measure: ({ looks }) => {
      const pace = paceOf(gapsOfDrops(looks));
      if (!pace) return null;
      return pace.quickens ? pace.earlierMs / Math.max(1, pace.laterMs) : 0;
    },
    title: (times) => `The held connection is dropped sooner and sooner, by now ${times.toFixed(1)} times as often`,
    about: /^(close|session|limit|ping|frame|tcp|upgrade)\./,
    advice: advice(
      'See what fills up at the server',
      'Each connection stands shorter than the one before: look at memory, connections and queues of the server, and at clients that come back without waiting.\nClients: let the delay grow until a connection has stood for a while, not until it opens.',
    ),
  },
  {
    id: 'heartbeat',
    // Shares are of those lost.
    limits: () => ({ fires: 0.001, clears: 0.0005 }),
    measure: ({ looks }) => {
      const sent = looks.reduce((sum, { heartbeats }) => sum + (heartbeats?.sent ?? 0), 0);
      const answered = looks.reduce((sum, { heartbeats }) => sum + (heartbeats?.answered ?? 0), 0);
      return sent < LEAST_BEATS ? null : 1 - answered / sent;
    },
    title: (lost) => `${percent(1 - lost)} of the heartbeats are answered, fewer than 99.9 %`,
    about: /^(session\.(half-open|heartbeat|pong)|ping\.)/,
    advice: advice(
      'A half-open connection',
      'The path between died without a word, or the peer is stuck: compare with a new connection at the same moment.\nServer: drop clients that answer no ping; clients: drop the server likewise and connect anew.',
    ),
  },
  {
    id: 'lost-messages',
    limits: ({ watch }) => (watch.sequence === null ? null : { fires: 0.5, clears: 0 }),
    measure: ({ looks }) => {
      const told = looks.flatMap(({ sequence }) => sequence ?? []);
      return told.length === 0 ? null : told.reduce((sum, { lost }) => sum + lost, 0);
    },
    title: lostText,
    about: /^lab\.messages-lost$/,
    advice: advice(
      'Ask for what was missed',
      'Clients: after a reconnect ask for what came after the last number that was seen.\nServer: keep what a client may ask for, and count what is dropped for a client that reads too slowly.',
    ),
  },
  ...(['dns', 'tcp', 'proxy', 'tls', 'upgrade', 'close'] as const).map((name) =>
    slowRule(name, ({ phases }) => phases[name]),
  ),
  slowRule('message', ({ roundTripMs }) => roundTripMs),
  {
    id: 'certificate',
    limits: (plan) => {
      const days = certificateDays(plan);
      // Days that are missing: none of them is a threshold of its own.
      return { fires: 0, clears: days > 1 ? -1 : 0 };
    },
    measure: ({ looks, plan }) => {
      const daysLeft = looks.findLast(({ certificateDaysLeft }) => certificateDaysLeft !== null)?.certificateDaysLeft;
      return typeof daysLeft === 'number' ? certificateDays(plan) - daysLeft : null;
    },
    title: (missing, plan) => {
      const daysLeft = certificateDays(plan) - missing;
      if (daysLeft < 0) return `The certificate expired ${-daysLeft} days ago`;
      return `The certificate ends in ${daysLeft} days`;
    },
    about: /^tls\.(expire|not-yet)/,
    advice: advice('Renew it', 'Renew the certificate, reload the server, and see that the renewal runs by itself.'),
  },
];

/** The same of a tap, and what only who stands between sees. */
export const TAP_ALERT_RULES: readonly AlertRule<TapAlertView>[] = [
  ...endRules<TapAlertView>({
    reconnects: 'Clients of one address each come back',
    storm: 'Connections begin',
  }),
  {
    id: 'connections-lost',
    limits: () => ({ fires: 0.5, clears: 0.25 }),
    measure: ({ lost }) => lost,
    title: (share) => `${percent(share)} of the open connections went within a minute`,
    about: CLOSES,
    advice: advice(
      'See what they had in common',
      'All at once and with 1001 or 1012: a deploy or a restart; drain connections before it.\nAll at once and without a Close frame: the server crashed, or the network between broke.\nOne after another after the same time: a timer; look at the lifetimes of the tap.',
    ),
  },
  {
    id: 'memory-growth',
    limits: () => ({ fires: 0.2, clears: 0.1 }),
    measure: ({ memoryGrowth }) => memoryGrowth,
    title: (growth) => `The memory of the server grew by ${percent(growth)} while its connections stayed`,
    about: NOTHING,
    advice: advice(
      'Look for what is kept of each message or each connection',
      'Listeners that are added again and again, buffers for clients that read too slowly, maps by connection that forget nothing: compare two heap snapshots of the server a few minutes apart.',
    ),
  },
];

function certificateDays({ expect }: AlertView['plan']): number {
  return expect.certificateDaysLeft ?? DEFAULT_CERTIFICATE_DAYS;
}

function slowRule(name: PhaseName, read: (sample: Sample) => number | null | undefined): AlertRule {
  const what = name === 'message' ? 'round trip' : name;
  return {
    id: `p95.${name}`,
    limits: ({ expect }) => {
      const budgetMs = expect.budgets[name]?.degradedMs ?? null;
      return budgetMs === null ? null : { fires: budgetMs, clears: budgetMs * 0.9 };
    },
    measure: ({ looks }) => percentileOf(looks, read, 95, LEAST),
    title: (ms, { expect }) =>
      `The p95 of the ${what} is ${Math.round(ms)} ms, its budget ${expect.budgets[name]?.degradedMs ?? 0} ms`,
    // A budget that was exceeded may be that of another phase.
    about: name === 'message' ? /^latency\./ : NOTHING,
    advice: advice(
      'See where the time goes',
      'Compare the phases: dns, tcp and tls are the way there; upgrade is the server and its proxies; the round trip is the application.',
    ),
  };
}

/** Tries to get in where nothing stands are an outage, which is an alert of its own. */
function reconnectsIn(samples: readonly Sample[]): number {
  const stood = samples.filter(({ connected, drops = 0 }) => connected || drops > 0);
  return stood.reduce((sum, { reconnects = 0 }) => sum + reconnects, 0);
}

/** From one drop to the next; of several since the sample before, as if they had come evenly. */
function gapsOfDrops(looks: readonly Sample[]): readonly number[] {
  const dropped = looks.filter(({ drops = 0 }) => drops > 0);
  return gapsBetween(dropped.map(({ at }) => Date.parse(at))).flatMap((ms, index) => {
    const drops = Math.min(PACE_GAPS, dropped[index + 1]?.drops ?? 1);
    return Array<number>(drops).fill(ms / drops);
  });
}

/** Null in the middle of a recovery. */
function failuresInRow(looks: readonly Sample[]): number | null {
  const run = (isIn: (sample: Sample) => boolean) => {
    const end = looks.findLastIndex((sample) => !isIn(sample));
    return looks.length - 1 - end;
  };
  const down = run(({ verdict }) => verdict === 'down');
  if (down > 0) return down;
  return run(({ verdict }) => verdict !== 'down') >= RECOVERED ? 0 : null;
}

function shareOfCloses({ codes }: Ends, isBad: (code: number) => boolean): number | null {
  return codes.length < LEAST ? null : codes.filter(isBad).length / codes.length;
}
