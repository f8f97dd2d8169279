import { replaceEncoded, type SecretPatterns, secretPatterns } from './secretPatterns.js';
import { isOwnKey, isOwnWord } from './ownWords.js';
import { redactCompressed } from './redactCompressed.js';
import type { HeaderPair } from '../base/model.js';

export const REDACTED = '[redacted]';
const MAX_DEPTH = 200;

const ALWAYS_SECRET = /^(proxy-)?authorization$|^(set-)?cookie2?$/i;
const SECRET_WORD = /^(auth|token|secret|password|passwd|passphrase|pwd|key|sig|signature|jwt|credentials?)$/;
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

function hasSecretWord(name: string): boolean {
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
  readonly #patterns: SecretPatterns | null;

  constructor(secrets: readonly string[]) {
    this.#patterns = secretPatterns(secrets);
  }

  /** No secret is known: every method but `headers` and `url` gives back what it got. */
  get isEmpty(): boolean {
    return this.#patterns === null;
  }

  text(text: string): string {
    if (!this.#patterns) return text;
    const { plain, encoded } = this.#patterns;
    const bare = text.replace(plain, REDACTED);
    return encoded ? replaceEncoded(bare, encoded, () => REDACTED) : bare;
  }

  /** A copy of the same length, `*` in the place of each secret byte; the same array when there is none. */
  bytes(bytes: Uint8Array): Uint8Array {
    if (!this.#patterns) return bytes;
    const { bytes: plain, encoded } = this.#patterns;
    const stars = (length: number) => '*'.repeat(length);
    const before = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    const bare = before.replace(plain, (match) => stars(match.length));
    const after = encoded ? replaceEncoded(bare, encoded, stars) : bare;
    return after === before ? bytes : new Uint8Array(Buffer.from(after, 'latin1'));
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
      .replace(/([?&#])([^=&#]*)=([^&#]*)/g, (pair: string, mark: string, name: string, value: string) =>
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
    if (Array.isArray(value)) return this.#list(value, depth);
    if (value instanceof Date) return value;
    const payload = isPayload(value) ? { base64: this.#base64(value.base64) } : {};
    const entries = Object.entries(value).map(([key, item]) => [
      isOwnKey(key) ? key : this.text(key),
      isOwnWord(key, item) ? item : this.#deep(item, depth + 1),
    ]);
    return { ...Object.fromEntries(entries), ...payload };
  }

  #list(items: readonly unknown[], depth: number): readonly unknown[] {
    const frames = items.some(isPayload) ? redactCompressed(items, (bytes) => this.bytes(bytes) !== bytes) : items;
    return frames.map((item) => this.#deep(item, depth + 1));
  }

  #base64(text: string): string {
    const before = Buffer.from(text, 'base64');
    const after = this.bytes(before);
    return after === before ? text : Buffer.from(after).toString('base64');
  }
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
