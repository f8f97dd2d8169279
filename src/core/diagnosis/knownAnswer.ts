import type { Evidence } from '../base/evidence.js';
import type { Fix, Layer, ResponseInfo } from '../base/model.js';
import { quoteText } from '../base/plainText.js';

/** What one software means by an answer that HTTP would read otherwise. */
export interface KnownAnswer {
  readonly id:
    | 'upgrade.bad-request'
    | 'upgrade.cdn-error'
    | 'upgrade.forbidden'
    | 'upgrade.bad-gateway'
    | 'upgrade.gateway-timeout'
    | 'upgrade.headers-stripped'
    | 'upgrade.not-found'
    | 'upgrade.not-websocket'
    | 'upgrade.origin-refused'
    | 'upgrade.rate-limited'
    | 'upgrade.redirect'
    | 'upgrade.server-error'
    | 'upgrade.session-unknown'
    | 'upgrade.unauthorized'
    | 'upgrade.unavailable'
    | 'upgrade.request-timeout'
    | 'upgrade.upgrade-required';
  readonly layer?: Layer;
  readonly title: string;
  readonly why: string;
  readonly fixes: readonly Fix[];
}

/** The same, and the bytes that tell it. */
export interface RecognisedAnswer extends KnownAnswer {
  readonly sign: string;
  /** The body is one of the things that tell it: what it says is in the title. */
  readonly readsBody: boolean;
}

export interface Seen {
  readonly evidence: Evidence;
  readonly response: ResponseInfo;
  /** What a person reads of the body. */
  readonly text: string;
  /** The value of a header, empty where there is none. */
  readonly header: (name: string) => string;
  /** What `body` or `markup` found. */
  readonly found: readonly string[];
}

/** One kind of answer of one software. Everything that is named must be there. */
export interface Known {
  /** Its row in `knownSources`. */
  readonly id: string;
  readonly status?: readonly number[];
  readonly headers?: Readonly<Record<string, RegExp>>;
  /** Headers that this software does not send with it. */
  readonly without?: readonly string[];
  /** The whole text of the body, or words in it. */
  readonly body?: RegExp;
  /** In the body as it came, tags and all. */
  readonly markup?: RegExp;
  readonly empty?: true;
  readonly also?: (seen: Seen) => boolean;
  /** Says little: any other kind that fits says more. */
  readonly general?: true;
  readonly says: (seen: Seen) => KnownAnswer | null;
}

/** Null where a byte is missing. */
export function recognise(known: Known, seen: Seen): RecognisedAnswer | null {
  const { status, headers = {}, without = [], body, markup, empty, also } = known;
  const { response, header, text } = seen;
  if (status && !status.includes(response.status)) return null;
  if (empty && response.body.bytes > 0) return null;
  if (without.some((name) => header(name) !== '')) return null;
  if (Object.entries(headers).some(([name, value]) => header(name) === '' || !value.test(header(name)))) return null;
  const match = body?.exec(text) ?? markup?.exec(response.body.text) ?? null;
  if ((body || markup) && !match) return null;
  const found = { ...seen, found: match ? [...match].map((group) => group ?? '') : [] };
  if (also && !also(found)) return null;
  const said = known.says(found);
  return said && { ...said, sign: signOf(known, found), readsBody: Boolean(body ?? markup ?? empty) };
}

function signOf({ headers = {}, without = [], empty }: Known, { response, header, found }: Seen): string {
  return [
    `the status ${response.status}`,
    ...Object.keys(headers).map((name) => `${name}: ${quoteText(header(name), 80)}`),
    ...(without.length > 0 ? [`no ${without.join(', no ')}`] : []),
    ...(empty ? ['an empty body'] : []),
    ...(found[0] ? [`"${quoteText(found[0], 80)}" in the body`] : []),
  ].join(', ');
}
