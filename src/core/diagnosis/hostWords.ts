import type { Evidence } from '../base/evidence.js';
import type { ResponseInfo } from '../base/model.js';
import { readableText, sentHeader } from './facts.js';

const hostWords =
  /\b(?:host ?name is invalid|invalid host ?name)\b|\b(invalid|bad|blocked|unknown|unrecognized|disallowed|untrusted|unexpected|missing) (http_)?(virtual )?hosts?\b|\bhosts? (header )?(is |was )?(not (in )?(the )?(allow(ed|-?list(ed)?)|found|known|recognized|configured|permitted|white-?list(ed)?|accepted|trusted|authori[sz]ed|valid)|blocked|invalid)|\b(this|that) host\b.{0,80}\bnot\b|\ballowed_?hosts\b|\bno such (virtual )?host\b|\bhost( header)? (check|validation|verification) (error|fail(ed|ure)?)\b|\bwith a host (name )?of\b|\bdns[ -]rebinding\b/i;

/** What the answer says of the Host header; null where it does not speak of it. */
export function hostWordsOf(response: ResponseInfo, evidence: Evidence): string | null {
  const text = readableText(response);
  // A 5xx speaks of a host behind the server; the development server of webpack says it with 200.
  const { status } = response;
  if ((status < 400 || status > 499) && !/^invalid host header$/i.test(text.trim())) return null;
  const said = hostWords.exec(text);
  if (!said) return null;
  // A host that the words name, and that is none of ours, came from the path or the query (CORS Anywhere: "Invalid host: ws").
  const named = /^: *["']?([\w.-]{1,253})/.exec(text.slice(said.index + said[0].length))?.[1];
  const host = sentHeader(evidence, 'host') ?? evidence.host;
  return named === undefined || host.toLowerCase().includes(named.toLowerCase()) ? said[0] : null;
}
