import { hiddenContent } from './hiddenContent.js';
import { encodedRanges, type SecretPatterns, secretPatterns } from './secretPatterns.js';
import { isOwnKey, isOwnWord } from './ownWords.js';
import { type Range, seenText } from './invisible.js';
import type { HeaderPair } from '../base/model.js';

export const REDACTED = '[redacted]';
const MAX_DEPTH = 200;
/** Fewer characters of a secret at the edge of a text give nothing away. */
const MIN_TOLD = 3;
/** What every text of ours that was cut ends with, or has in the place of what is missing. */
const CUT = '…';
/** A word before an ellipsis may begin like a secret by chance. */
const MIN_TOLD_AT_CUT = 4;

const MAX_WRAPPINGS = 3;
const STAR = 0x2a;

/** Four bytes or more, as we show them. */
const HEX_DUMP = /(?<![0-9a-fA-F])[0-9a-fA-F]{2}(?: [0-9a-fA-F]{2}){3,}(?![0-9a-fA-F])/g;

const ALWAYS_SECRET = /^(proxy-)?authorization$|^(set-)?cookie2?$/i;
const SECRET_WORD = /^(auth|token|secret|password|passwd|passphrase|pwd|key|sig|signature|jwt|macaroon|credentials?)$/;
const SECRET_ENDING = /(token|secret|password|passwd|apikey|signature)$/;
const HARMLESS_KEY = /^(sec-websocket-.*|idempotency-key|surrogate-key)$/i;

/** Headers whose value is a credential by its name: authorization, cookie, x-api-key, x-auth-token… */
export function isSecretHeader(name: string): boolean {
  return !HARMLESS_KEY.test(name) && (ALWAYS_SECRET.test(name) || hasSecretWord(name));
}

/** Query parameters whose value is a credential by its name: token, access_token, apiKey, sig… */
export function isSecretParameter(name: string): boolean {
  return hasSecretWord(name);
}

/** What every secret word holds, in any case that lower case makes of it (K, the sign of kelvins): most names need not be taken apart. */
const MAY_BE_SECRET = /auth|token|secret|pass|pwd|key|sig|jwt|macaroon|credential/iu;

function hasSecretWord(name: string): boolean {
  if (!MAY_BE_SECRET.test(name)) return false;
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  return words.some((word) => SECRET_WORD.test(word) || SECRET_ENDING.test(word));
}

/**
 * Takes secrets out of everything that leaves: each value as it is, URL-encoded, JSON-escaped, as hexadecimal pairs and as
 * base64 (also within a longer base64 text). Values below three characters go only where they stand alone.
 */
export class Redactor {
  readonly #secrets: readonly string[];
  #compiled: SecretPatterns | null = null;
  #count = 0;

  /** Of a list that grows, what has come to it is redacted as well. */
  constructor(secrets: readonly string[]) {
    this.#secrets = secrets;
  }

  get #patterns(): SecretPatterns | null {
    if (this.#count !== this.#secrets.length) {
      this.#count = this.#secrets.length;
      this.#compiled = secretPatterns(this.#secrets);
    }
    return this.#compiled;
  }

  /** No secret is known: every method but `headers` and `url` gives back what it got. */
  get isEmpty(): boolean {
    return this.#patterns === null;
  }

  text(text: string): string {
    if (!this.#patterns) return text;
    const bare = this.#replaced(text, this.#patterns.plain, false, () => REDACTED);
    const clean = bare.replace(HEX_DUMP, (dump) => this.#dump(dump));
    return clean.includes(CUT) ? this.#beforeCuts(clean) : clean;
  }

  /** What was cut before it came here may end within a secret: its beginning goes as well. */
  #beforeCuts(text: string): string {
    const pieces = text.split(CUT);
    const last = pieces.pop() ?? '';
    const clean = pieces.map((piece) => {
      const tail = Buffer.from(piece.slice(-this.reachBytes));
      const open = this.beginning(tail, MIN_TOLD_AT_CUT);
      if (open === 0) return piece;
      return `${piece.slice(0, -this.reachBytes)}${tail.subarray(0, tail.length - open).toString()}${REDACTED}`;
    });
    return [...clean, last].join(CUT);
  }

  /** Bytes shown as hexadecimal pairs hold secrets in every spelling, and often end where a secret goes on. */
  #dump(dump: string): string {
    const before = Buffer.from(dump.replaceAll(' ', ''), 'hex');
    const clean = this.bytes(before);
    const after = Buffer.from(clean).fill('*', clean.length - this.beginning(clean));
    return after.equals(before) ? dump : after.toString('hex').replace(/..(?=.)/g, '$& ');
  }

  /** A copy of the same length, `*` in the place of each secret byte; the same array when there is none. */
  bytes(bytes: Uint8Array): Uint8Array {
    if (!this.#patterns) return bytes;
    return this.#isHidden(bytes) ? new Uint8Array(bytes.length).fill(STAR) : this.#replacedBytes(bytes);
  }

  #replacedBytes(bytes: Uint8Array): Uint8Array {
    if (!this.#patterns) return bytes;
    const before = asLatin1(bytes);
    const after = this.#replaced(before, this.#patterns.bytes, true, (length) => '*'.repeat(length));
    return after === before ? bytes : new Uint8Array(Buffer.from(after, 'latin1'));
  }

  /** Compressed bytes hide a secret from a search. Those that cannot be opened may hold one. */
  #isHidden(bytes: Uint8Array, depth = 0): boolean {
    const content = hiddenContent(bytes);
    if (content === null) return false;
    if (content === 'unknown' || depth >= MAX_WRAPPINGS) return true;
    return this.#isHidden(content, depth + 1) || this.#replacedBytes(content) !== content;
  }

  /** More than any spelling of a secret is long: a search over a border looks at as many bytes on both sides. */
  get reachBytes(): number {
    return this.#patterns?.longestBytes ?? 0;
  }

  /** How many bytes at the end may be the beginning of a secret, in any spelling; 0 for fewer than `least`. */
  beginning(bytes: Uint8Array, least = MIN_TOLD): number {
    if (!this.#patterns) return 0;
    const text = asLatin1(bytes.subarray(Math.max(0, bytes.length - this.reachBytes)));
    const seen = seenText(text, true);
    const searched = seen?.text ?? text;
    const start = this.#patterns.beginning.exec(searched)?.index ?? searched.length;
    if (searched.length - start < least) return 0;
    return text.length - (seen?.placeOf({ start, end: searched.length }).start ?? start);
  }

  /** How many bytes at the start may be the end of a secret; 0 for fewer than `least`. */
  ending(bytes: Uint8Array, least = MIN_TOLD): number {
    if (!this.#patterns) return 0;
    const text = asLatin1(bytes.subarray(0, this.reachBytes));
    const seen = seenText(text, true);
    const lengths = this.#patterns.endings.map((ending) => ending.exec(seen?.text ?? text)?.[0].length ?? 0);
    const end = Math.max(...lengths);
    if (end < least) return 0;
    return seen?.placeOf({ start: 0, end }).end ?? end;
  }

  /** What no reader sees is looked through: a face that leaves it out must not put a secret together again. */
  #replaced(text: string, plain: RegExp, isLatin1: boolean, hidden: (length: number) => string): string {
    const bare = text.replace(plain, (match) => hidden(match.length));
    const { encoded } = this.#patterns!;
    const clean = encoded ? replaceRanges(bare, encodedRanges(bare, encoded), hidden) : bare;
    const seen = seenText(clean, isLatin1);
    if (!seen) return clean;
    const ranges = Array.from(seen.text.matchAll(plain), (match) => rangeOf(match));
    if (encoded) ranges.push(...encodedRanges(seen.text, encoded));
    return replaceRanges(
      clean,
      disjoint(ranges).map((range) => seen.placeOf(range)),
      hidden,
    );
  }

  /** Values that are secret by the header's name keep their shape: the scheme, the cookies' names and attributes; addresses keep all but credentials. */
  headers(pairs: readonly HeaderPair[]): HeaderPair[] {
    return pairs.map(([name, value]) => {
      if (/^(content-)?location$/i.test(name)) return [name, this.url(value)];
      return [name, this.text(isSecretHeader(name) ? hideValue(name, value) : value)];
    });
  }

  /** User info, query and fragment values that are secret by their name, then every known secret. A relative URL does too. */
  url(url: string): string {
    const bare = url
      .replace(/^((?:[a-z][a-z0-9+.-]*:)?\/\/)[^/?#]*@/i, `$1${REDACTED}@`)
      .replace(/([?&#])([^=&#?]*)=([^&#]*)/g, (pair: string, mark: string, name: string, value: string) =>
        value !== '' && isSecretParameter(decode(name)) ? `${mark}${name}=${REDACTED}` : pair,
      );
    return this.text(bare);
  }

  /**
   * A copy of the same shape with every text and byte array redacted; the value itself when no secret is known. A record's
   * own words (`status: "ok"`) stay: a secret that happens to be one of them must not break the record.
   */
  deep<T>(value: T): T {
    return this.isEmpty ? value : (this.#deep(value, 0) as T);
  }

  #deep(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return this.text(value);
    if (typeof value !== 'object' || value === null) return value;
    if (depth > MAX_DEPTH) return REDACTED;
    if (value instanceof Uint8Array) return this.bytes(value);
    if (Array.isArray(value)) return value.map((item: unknown) => this.#deep(item, depth + 1));
    if (value instanceof Date) return value;
    const payload = isPayload(value) ? { base64: this.#base64(value.base64) } : {};
    const entries = Object.entries(value).map(([key, item]) => [
      isOwnKey(key) ? key : this.text(key),
      isOwnWord(key, item) ? item : this.#deep(item, depth + 1),
    ]);
    return { ...Object.fromEntries(entries), ...payload };
  }

  #base64(text: string): string {
    const before = Buffer.from(text, 'base64');
    const after = this.bytes(before);
    return after === before ? text : Buffer.from(after).toString('base64');
  }
}

function asLatin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

function rangeOf(match: RegExpExecArray): Range {
  return { start: match.index, end: match.index + match[0].length };
}

/** In order, those that overlap as one. */
function disjoint(ranges: readonly Range[]): Range[] {
  const merged: { start: number; end: number }[] = [];
  for (const { start, end } of ranges.toSorted((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last && start < last.end) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  return merged;
}

function replaceRanges(text: string, ranges: readonly Range[], hidden: (length: number) => string): string {
  if (ranges.length === 0) return text;
  let result = '';
  let done = 0;
  for (const { start, end } of ranges) {
    result += text.slice(done, start) + hidden(end - start);
    done = end;
  }
  return result + text.slice(done);
}

/** A frame's payload, or an inflated message: its base64 stands for bytes and must stay base64. */
function isPayload(value: unknown): value is { readonly base64: string } {
  if (typeof value !== 'object' || value === null) return false;
  const { base64, truncated } = value as { readonly base64?: unknown; readonly truncated?: unknown };
  return typeof base64 === 'string' && typeof truncated === 'boolean';
}

function hideValue(name: string, value: string): string {
  const lower = name.toLowerCase();
  if (lower === 'cookie') return value.replace(/=[^;]*/g, `=${REDACTED}`).replace(/^[^=;]+$/, REDACTED);
  if (lower === 'set-cookie') {
    const named = /^\s*[^=;\s]+=/.test(value);
    return named ? value.replace(/=[^;]*/, `=${REDACTED}`) : value.replace(/^[^;]*/, REDACTED);
  }
  const scheme = lower.endsWith('authorization') ? /^([A-Za-z][A-Za-z0-9-]*) +\S/.exec(value)?.[1] : undefined;
  return scheme === undefined ? REDACTED : `${scheme} ${REDACTED}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
