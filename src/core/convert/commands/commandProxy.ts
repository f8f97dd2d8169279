import { parts } from '../../profile/variables.js';

/** What a command says about its proxy, brought together when all of it is known. */
export class CommandProxy {
  #url: string | null = null;
  #user: string | null = null;
  #direct = false;
  /** `--noproxy '*'`, wherever it stands. */
  #bypassed = false;

  /** An empty one is none, as in curl. `defaultPort` is the tool's own, null for the scheme's. */
  set(value: string, scheme: string | null, defaultPort: number | null): boolean {
    const url = scheme !== null && !value.includes('://') ? `${scheme}://${value}` : withScheme(value);
    this.#direct = value === '';
    this.#url = value === '' ? null : withPort(url, defaultPort);
    return true;
  }

  /** `user:password`, as it is. */
  setUser(value: string): boolean {
    this.#user = value;
    return true;
  }

  /** True for `*`: a profile cannot say anything finer. */
  setNoProxy(list: string): boolean {
    this.#bypassed = list.trim() === '*';
    return this.#bypassed;
  }

  /** As a profile writes it; undefined when nothing was said. */
  get value(): string | undefined {
    if (this.#direct || this.#bypassed) return 'none';
    if (this.#url === null) return undefined;
    if (this.#user === null) return this.#url;
    const [scheme = '', rest = ''] = this.#url.split(/(?<=^[a-z0-9]+:\/\/)/i);
    return `${scheme}${encoded(this.#user)}@${rest.slice(rest.lastIndexOf('@') + 1)}`;
  }

  /** Credentials for a proxy that nobody named. */
  get isIdle(): boolean {
    return this.#user !== null && this.#url === null;
  }
}

function withScheme(value: string): string {
  return /^[a-z0-9]+:\/\//i.test(value) ? value : `http://${value}`;
}

/** A port is the tool's own where none is given, but for https: and where a variable may hold one. */
function withPort(url: string, port: number | null): string {
  const [, start = '', place = '', rest = ''] = /^((?:http|socks\w*):\/\/(?:[^/]*@)?)([^/@]+)([^]*)$/i.exec(url) ?? [];
  const lacksPort = /^(?:\[[^\]]*\]|[^:[\]$]+)$/.test(place);
  return lacksPort && port !== null ? `${start}${place}:${port}${rest}` : url;
}

/** Percent-encoded but for its first colon; references to variables stay. */
function encoded(user: string): string {
  let inPassword = false;
  return parts(user)
    .map((part) => {
      if (part.kind !== 'literal') return user.slice(part.start, part.end);
      const at = inPassword ? -1 : part.text.indexOf(':');
      if (at < 0) return encode(part.text);
      inPassword = true;
      return `${encode(part.text.slice(0, at))}:${encode(part.text.slice(at + 1))}`;
    })
    .join('');
}

/** Half a character, which no URL can carry, becomes a replacement character. */
function encode(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString());
}
