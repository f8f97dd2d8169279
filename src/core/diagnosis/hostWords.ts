import type { ResponseInfo } from '../base/model.js';
import { readableText } from './facts.js';

const hostWords =
  /\b(?:host ?name is invalid|invalid host ?name)\b|\b(invalid|bad|blocked|unknown|unrecognized|disallowed|untrusted|unexpected|missing) (http_)?(virtual )?hosts?\b|\bhosts? (header )?(is |was )?(not (in )?(the )?(allow(ed|-?list(ed)?)|found|known|recognized|configured|permitted|white-?list(ed)?|accepted|trusted|authori[sz]ed|valid)|blocked|invalid)|\b(this|that) host\b.{0,80}\bnot\b|\ballowed_?hosts\b|\bno such (virtual )?host\b|\bhost( header)? (check|validation|verification) (error|fail(ed|ure)?)\b|\bwith a host (name )?of\b|\bdns[ -]rebinding\b/i;

/** What the answer says of the Host header; null where it does not speak of it. */
export function hostWordsOf(response: ResponseInfo): string | null {
  const text = readableText(response);
  // A 5xx speaks of a host behind the server; the development server of webpack says it with 200.
  const { status } = response;
  if ((status < 400 || status > 499) && !/^invalid host header$/i.test(text.trim())) return null;
  return hostWords.exec(text)?.[0] ?? null;
}
