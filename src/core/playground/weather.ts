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

export const weather: readonly Behaviour[] = [
  {
    path: '/weather',
    group: 'Experiments',
    summary:
      'Bad weather by a script, for a watch: fair, slower and slower up to ms, every third connection ended with 1011, 503, fair again. cycle is all of it in milliseconds, at (0 to 100) holds it at one place.',
    parameters: 'cycle=600000&ms=800&at=',
    takes: 'websocket',
    run,
  },
];

function run(visit: Visit): void {
  const cycleMs = visit.number('cycle', 600_000, 100, MAX_CYCLE_MS);
  const at = visit.number('at', -1, 0, 100);
  const part = at >= 0 ? Math.min(at / 100, 0.999) : (performance.now() % cycleMs) / cycleMs;
  const index = SPELLS.findIndex(({ until }) => part < until);
  const { name, until } = SPELLS[index] as Spell;
  const from = SPELLS[index - 1]?.until ?? 0;
  const most = visit.milliseconds('ms', 800);
  const delayMs =
    name === 'slow' ? Math.round((most * (part - from)) / (until - from)) : name === 'gusts' ? most / 2 : 0;
  if (name === 'down') return respond(visit, responses[503]!['haproxy']!);
  visit.wire.after(delayMs, () => {
    const peer = openPeer(visit, {
      onData: (frame, echoing) => void visit.wire.after(delayMs / 2, () => echoing.echo(frame)),
    });
    if (name === 'gusts' && ++visit.book.turns % GUST_EVERY === 0)
      visit.wire.after(0, () => peer.close(GUST_CODE, 'a gust'));
  });
}
