import type { Behaviour } from './behaviour.js';
import { behaviours } from './behaviours.js';
import { list } from './listing.js';
import { respond } from './response.js';
import { refuseUpgrade } from './upgrade.js';
import type { Visit } from './visit.js';

const exact = new Map(behaviours.map((behaviour) => [behaviour.path, behaviour]));
const open = behaviours.filter((behaviour) => behaviour.path.endsWith('>'));

/** Hands a visit to the behaviour of its path. */
export function route(visit: Visit): void {
  const behaviour = find(visit.request.path);
  if (visit.request.path === '/' && !visit.wantsUpgrade) list(visit, behaviours);
  else if (visit.request.path === '/ca.pem') sendAuthority(visit);
  else if (behaviour === null) refuseUnknown(visit);
  else run(behaviour, visit);
}

function run(behaviour: Behaviour, visit: Visit): void {
  const refusal = behaviour.takes === 'websocket' ? refuseUpgrade(visit.request) : null;
  if (refusal === null) behaviour.run(visit);
  else respond(visit, refusal);
}

function find(path: string): Behaviour | null {
  // Whoever connects to the address alone wants to see it work.
  const known = exact.get(path === '/' ? '/echo' : path);
  if (known !== undefined) return known;
  return (
    open.find((behaviour) => path.startsWith(fixedPart(behaviour)) && path.length > fixedPart(behaviour).length) ?? null
  );
}

function fixedPart(behaviour: Behaviour): string {
  return behaviour.path.slice(0, behaviour.path.indexOf('<'));
}

function sendAuthority(visit: Visit): void {
  respond(visit, {
    status: 200,
    reason: 'OK',
    headers: [['Content-Type', 'application/x-pem-file']],
    body: visit.book.caPem(),
  });
}

function refuseUnknown(visit: Visit): void {
  respond(visit, {
    status: 404,
    reason: 'Not Found',
    headers: [['Content-Type', 'text/plain; charset=utf-8']],
    body: 'The playground has no such path. GET / lists the ones it has.\n',
  });
}
