import type { Behaviour } from './behaviour.js';
import { openPeer } from './peer.js';
import { respond } from './response.js';
import { responses } from './responses.js';
import type { Visit } from './visit.js';

/** What it is like up to a part of the cycle. */
interface Spell {
  readonly name: 'fair' | 'slow' | 'gusts' | 'down';
  readonly until: number;
}

/** The script: fair, slower and slower, every third connection ended, nobody there, and fair again. */
const SPELLS: readonly Spell[] = [
  { name: 'fair', until: 0.3 },
  { name: 'slow', until: 0.55 },
  { name: 'gusts', until: 0.7 },
  { name: 'down', until: 0.8 },
  { name: 'fair', until: 1 },
];
const GUST_EVERY = 3;
const GUST_CODE = 1011;
const MAX_CYCLE_MS = 86_400_000;
const LOOKS_A_CYCLE = 500;

export const weather: readonly Behaviour[] = [
  {
    path: '/weather',
    group: 'Experiments',
    summary:
      'Bad weather by a script, for a watch: fair, slower and slower up to ms, every third connection ended with 1011, all ended and 503, fair again. cycle is all of it in milliseconds, at (0 to 100) holds it at one place.',
    parameters: 'cycle=600000&ms=800&at=',
    takes: 'websocket',
    run,
  },
];

function run(visit: Visit): void {
  const cycleMs = visit.number('cycle', 600_000, 100, MAX_CYCLE_MS);
  const at = visit.number('at', -1, 0, 100);
  const most = visit.milliseconds('ms', 800);
  const now = () => weatherAt(at >= 0 ? Math.min(at / 100, 0.999) : (performance.now() % cycleMs) / cycleMs, most);
  const { delayMs, name } = now();
  if (name === 'down') return respond(visit, responses[503]!['haproxy']!);
  visit.wire.after(delayMs, () => open(visit, now, cycleMs));
}

/** What a connection meets that stands longer than the weather lasts. */
function open(visit: Visit, now: () => Weather, cycleMs: number): void {
  const peer = openPeer(visit, {
    pongAfterMs: () => now().delayMs / 4,
    onData: (frame, echoing) => void visit.wire.after(now().delayMs / 2, () => echoing.echo(frame)),
  });
  const { book, wire } = visit;
  let before = now().name;
  const gust = () => ++book.turns % GUST_EVERY === 0 && wire.after(0, () => peer.close(GUST_CODE, 'a gust'));
  if (before === 'gusts') gust();
  wire.every(Math.min(Math.max(cycleMs / LOOKS_A_CYCLE, 5), 1_000), () => {
    const { name } = now();
    if (name === 'gusts' && before !== name) gust();
    if (name === 'down') wire.finish();
    before = name;
  });
}

interface Weather {
  readonly name: Spell['name'];
  readonly delayMs: number;
}

function weatherAt(part: number, mostMs: number): Weather {
  const index = SPELLS.findIndex(({ until }) => part < until);
  const { name, until } = SPELLS[index] as Spell;
  const from = SPELLS[index - 1]?.until ?? 0;
  if (name === 'slow') return { name, delayMs: Math.round((mostMs * (part - from)) / (until - from)) };
  return { name, delayMs: name === 'gusts' ? mostMs / 2 : 0 };
}
