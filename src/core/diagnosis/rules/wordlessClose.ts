import type { Evidence } from '../../base/evidence.js';
import type { Fix } from '../../base/model.js';
import { quoteText } from '../../base/plainText.js';
import { profileFix } from '../snippets/profile.js';
import { openingOf } from './messages.js';

/** The subprotocol that the server took. */
const taken = ({ report }: Evidence) => report.subprotocol?.selected ?? null;

/** A Close right behind the 101 that says nothing. A path that takes a subprotocol is one of the server. */
export function wordlessTitle(evidence: Evidence, code: number, name: string): string {
  const how = code === 1005 ? 'without a code or a word' : `with ${code} (${name}) and without a word`;
  const token = taken(evidence);
  if (token !== null)
    return `The server took the subprotocol ${quoteText(token, 60)} and closed the WebSocket at once, ${how}: it wants the first message of that protocol right away, and none was sent, or it turned the client away, as it seems`;
  const why =
    evidence.plan.subprotocols.length === 0
      ? 'nothing there takes this path, it turned the client away, or it misses a subprotocol (none was offered)'
      : 'nothing there takes this path, or it turned the client away';
  return `The server opened the WebSocket and closed it at once, ${how}: ${why}, as it seems`;
}

export function wordlessWhy(evidence: Evidence): string {
  return taken(evidence) === null ? FOUND_NOTHING : WAITS_FOR_NOBODY;
}

const FOUND_NOTHING =
  'Frameworks that open first and look for a route afterwards (express-ws) close like this where none takes the path. So does a handler that checks a path, a token, a subprotocol or the Origin after opening, and says nothing of it. Its log may tell.';

const WAITS_FOR_NOBODY =
  'The subprotocol was taken, so the path is one of the server. Some close where the first message of the protocol (CONNECT of MQTT, connection_init of GraphQL) is not there at once; others look at a token, a cookie or the Origin after opening. The log of the server may tell.';

/** What the protocol begins with; null where none was agreed, or none is known. */
export function begunFix(evidence: Evidence): Fix | null {
  const dialect = taken(evidence) === null ? null : (evidence.report.dialect ?? null);
  const opening = dialect === null ? undefined : openingOf(dialect);
  return opening ? profileFix(`Begin as ${dialect} does (profile)`, { message: opening }) : null;
}
