import type { Cookie, CookieJar } from 'tough-cookie';
import type { HeaderPair, SetCookie } from '../base/model.js';
import type { ProbePlan } from '../base/plan.js';
import { headerValues } from '../handshake/headers.js';

/** Of one answer; a browser takes 50 a site and 4,096 bytes each. */
const MAX_COOKIES = 50;
const MAX_COOKIE_CHARACTERS = 4_096;
const MAX_NAME_CHARACTERS = 80;
/** A shorter value would blot out half a report. */
const MIN_SECRET_CHARACTERS = 4;

/** Cookies set by redirects, for the later hops of the same run: kept, matched and forgotten as in a browser (RFC 6265 5). */
export class RunCookies {
  /** Values that must never be shown, also of cookies that were not kept. */
  readonly secrets = new Set<string>();
  #jar: CookieJar | null = null;
  /** Names that an answer took back, by host: those of the profile go too. */
  readonly #forgotten = new Map<string, Set<string>>();

  /** Takes what an answer from `url` sets; tells of each cookie what became of it, without its value. */
  async take(url: string, headers: readonly HeaderPair[]): Promise<readonly SetCookie[]> {
    const lines = headerValues(headers, 'set-cookie').slice(0, MAX_COOKIES);
    if (lines.length === 0) return [];
    const { Cookie, CookieJar } = await import('tough-cookie');
    this.#jar ??= new CookieJar();
    return lines.map((line) => {
      const cookie = line.length > MAX_COOKIE_CHARACTERS ? undefined : Cookie.parse(line);
      const value = cookie?.value ?? /^[^=;]*=\s*([^;]*)/.exec(line)?.[1] ?? '';
      if (value.length >= MIN_SECRET_CHARACTERS) this.secrets.add(value);
      const name = (cookie?.key ?? line.split(/[=;]/, 1)[0] ?? '').slice(0, MAX_NAME_CHARACTERS);
      const because = cookie
        ? this.#keep(cookie, url)
        : `it is no cookie, or longer than ${MAX_COOKIE_CHARACTERS} characters`;
      return because === null ? { name } : { name, because };
    });
  }

  /** `name=value; …` of the cookies that go along to an address, and the names that went out of use there. */
  stateAt(url: string): string {
    const forgotten = [...(this.#forgotten.get(new URL(url).hostname) ?? [])];
    const kept = this.#at(url).map((cookie) => cookie.cookieString());
    return [...kept, ...forgotten].join('; ');
  }

  /** The plan with the cookies that go along to its address, in place of its own of the same name. */
  dress(plan: ProbePlan): ProbePlan {
    if (!this.#jar) return plan;
    const kept = this.#at(plan.url);
    const gone = new Set([...kept.map(({ key }) => key), ...(this.#forgotten.get(new URL(plan.url).hostname) ?? [])]);
    const own = Object.entries(plan.cookies).filter(([name]) => !gone.has(name));
    return {
      ...plan,
      headers: plan.headers.flatMap((header) => withoutPairs(header, gone)),
      cookies: Object.fromEntries([...own, ...kept.map(({ key, value }) => [key, value] as const)]),
      secrets: [...new Set([...plan.secrets, ...this.secrets])],
    };
  }

  #at(url: string): readonly Cookie[] {
    return this.#jar?.getCookiesSync(httpUrl(url)) ?? [];
  }

  /** Null where it was kept, else why not, in words that end a sentence. */
  #keep(cookie: Cookie, url: string): string | null {
    if (cookie.key === '' || !SENDABLE.test(`${cookie.key}=${cookie.value}`)) return 'it cannot stand in a header';
    const { hostname, protocol } = new URL(url);
    try {
      this.#jar?.setCookieSync(cookie, httpUrl(url));
    } catch {
      return `its domain ${cookie.domain ?? ''} is not one that ${hostname} may set`;
    }
    const forgotten = this.#forgotten.get(hostname) ?? new Set();
    this.#forgotten.set(hostname, forgotten);
    const isOver = cookie.expiryTime() !== undefined && (cookie.expiryTime() ?? 0) <= Date.now();
    if (isOver) forgotten.add(cookie.key);
    else forgotten.delete(cookie.key);
    if (isOver) return 'it has expired, which takes it back';
    const isSent = !cookie.secure || protocol === 'wss:' || this.#at(url).some(({ key }) => key === cookie.key);
    return isSent ? null : 'it is Secure, and goes over wss: alone';
  }
}

/** What may stand in a `Cookie` header: no control characters, no second pair. */
const SENDABLE = /^[\x20-\x3a\x3c-\x7e\x80-\xff]*$/;

/** A `Cookie` header without the pairs of these names; nothing where no pair is left. */
function withoutPairs([name, value]: HeaderPair, gone: ReadonlySet<string>): HeaderPair[] {
  if (name.toLowerCase() !== 'cookie') return [[name, value]];
  const pairs = value.split(';').filter((pair) => !gone.has(pair.split('=', 1)[0]?.trim() ?? ''));
  return pairs.length === 0 ? [] : [[name, pairs.join(';').trim()]];
}

/** Cookies know http: and https: alone (RFC 6265 has no other scheme). */
function httpUrl(url: string): string {
  return url.replace(/^ws/i, 'http');
}
