import type { TlsOptions } from '../../base/plan.js';
import type { ProfileFile } from '../../profile/profile.js';
import { CommandProxy } from './commandProxy.js';
import type { Meaning } from './options.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Headers that every opening handshake makes anew. */
const OWN = /^(connection|upgrade|content-length|sec-websocket-(key|version|extensions|accept))$/i;

/** Of proxies named without a port: `man curl`. */
const CURL_PROXY_PORT = 1080;

/** A message that a command sends, as a profile writes it. */
export type Said = { readonly text: string } | { readonly base64: string };

/** Gathers what options say into a profile. */
export class CommandProfile {
  readonly #headers = new Map<string, string[]>();
  readonly #subprotocols: string[] = [];
  readonly #cookies: Record<string, string> = {};
  readonly #tls: Mutable<TlsOptions> = {};
  #isPfx = false;
  #isDigest = false;
  readonly #heartbeat: { every?: number; timeout?: number } = {};
  readonly #proxy = new CommandProxy();
  readonly #file: Mutable<ProfileFile> = {};
  readonly messages: Said[] = [];

  /** False when the value is of no use. */
  set(meaning: Meaning, value: string): boolean {
    switch (meaning) {
      case 'header':
        return this.#header(value);
      case 'subprotocol':
        this.#subprotocols.push(...value.split(',').map((name) => name.trim()));
        return true;
      case 'origin':
        this.#file.origin = value;
        return true;
      case 'basic':
        return this.#basic(value);
      case 'bearer':
        this.#file.auth = { type: 'bearer', token: value };
        return true;
      case 'digest':
        this.#isDigest = true;
        return true;
      case 'cookie':
        return this.#cookie(value);
      case 'userAgent':
        return this.#header(`User-Agent: ${value}`);
      case 'referer':
        return this.#header(`Referer: ${value}`);
      case 'proxy':
        return this.#proxy.set(value, null, null);
      case 'curlProxy':
        return this.#proxy.set(value, null, CURL_PROXY_PORT);
      case 'socks4':
      case 'socks4a':
      case 'socks5':
      case 'socks5h':
        return this.#proxy.set(value, meaning, CURL_PROXY_PORT);
      case 'proxyUser':
        return this.#proxy.setUser(value);
      case 'noProxy':
        return this.#proxy.setNoProxy(value);
      case 'followRedirects':
        this.#file.followRedirects = true;
        return true;
      case 'http2':
        this.#file.http = 'auto';
        return true;
      case 'http2Only':
        this.#file.http = '2';
        return true;
      case 'ours':
        return true;
      case 'url':
        this.#file.url = webSocketUrl(value);
        return true;
      case 'pingInterval':
      case 'pingTimeout':
        return this.#ping(meaning === 'pingInterval' ? 'every' : 'timeout', value);
      case 'message':
        this.messages.push({ text: value });
        return true;
      default:
        return this.#tlsOption(meaning, value);
    }
  }

  /** What belongs to something that the command does not name. */
  get idle(): readonly string[] {
    return [
      ...(this.#proxy.isIdle ? ['--proxy-user'] : []),
      ...(this.#hasIdlePassphrase ? ['a passphrase without a key'] : []),
      ...(this.#heartbeat.timeout !== undefined && this.#heartbeat.every === undefined ? ['--ping-timeout'] : []),
    ];
  }

  get #hasIdlePassphrase(): boolean {
    const { cert, key, passphrase, pfx } = this.#tls;
    return passphrase !== undefined && cert === undefined && key === undefined && pfx === undefined;
  }

  get hasUrl(): boolean {
    return this.#file.url !== undefined;
  }

  toFile(): ProfileFile {
    const headers = Object.fromEntries(
      [...this.#headers]
        .filter(([name, values]) => !this.#isOwnHost(name, values))
        .map(([name, values]) => [name, values.length === 1 ? (values[0] ?? '') : values]),
    );
    const proxy = this.#proxy.value;
    const { auth } = this.#file;
    const tls = this.#tlsFiles();
    return {
      ...this.#file,
      ...(this.#isDigest && auth?.type === 'basic' ? { auth: { ...auth, type: 'digest' } } : {}),
      ...(proxy === undefined ? {} : { proxy }),
      ...(Object.keys(headers).length > 0 ? { headers } : {}),
      ...(this.#subprotocols.length > 0 ? { subprotocols: [...new Set(this.#subprotocols)] } : {}),
      ...(Object.keys(this.#cookies).length > 0 ? { cookies: this.#cookies } : {}),
      ...(Object.keys(tls).length > 0 ? { tls } : {}),
      ...(this.#heartbeat.every === undefined
        ? {}
        : { session: { heartbeat: { ...this.#heartbeat, every: this.#heartbeat.every, send: 'ping' } } }),
    };
  }

  /** What is made anew from the URL; a Host of another name is part of what is asked. */
  #isOwnHost(name: string, values: readonly string[]): boolean {
    const [, host] = /^[^:]+:\/\/(?:[^/?#]*@)?([^/?#]+)/.exec(this.#file.url ?? '') ?? [];
    return name.toLowerCase() === 'host' && values.length === 1 && values[0]?.toLowerCase() === host?.toLowerCase();
  }

  /** Seconds, as websocat takes them. */
  #ping(part: 'every' | 'timeout', value: string): boolean {
    const seconds = /^\d{1,5}$/.test(value) ? Number(value) : 0;
    if (seconds > 0) this.#heartbeat[part] = seconds * 1000;
    return seconds > 0;
  }

  /** curl names a PKCS #12 file as a certificate of that type. */
  #tlsFiles(): TlsOptions {
    const { passphrase, ...others } = this.#tls;
    const tls = passphrase === undefined || this.#hasIdlePassphrase ? others : this.#tls;
    const { cert, ...rest } = tls;
    return this.#isPfx && cert !== undefined ? { ...rest, pfx: cert } : tls;
  }

  #header(line: string): boolean {
    // curl sends `Name;` as a header without a value.
    const [, name = '', value = ''] = /^([^:;]+)(?::|;$)\s*([^]*)$/.exec(line) ?? [];
    const lower = name.trim().toLowerCase();
    if (lower === '') return false;
    if (OWN.test(lower)) return true;
    if (lower === 'origin') return this.set('origin', value);
    if (lower === 'sec-websocket-protocol') return this.set('subprotocol', value);
    if (lower === 'cookie') return this.#cookie(value);
    const bearer = lower === 'authorization' ? /^bearer +(\S[^]*)$/i.exec(value)?.[1] : undefined;
    if (bearer !== undefined) this.set('bearer', bearer);
    else this.#headers.set(name.trim(), [...(this.#headers.get(name.trim()) ?? []), value]);
    return true;
  }

  #setCertType(value: string): boolean {
    this.#isPfx = /^p12$/i.test(value);
    return this.#isPfx || /^pem$/i.test(value);
  }

  #basic(value: string): boolean {
    const at = value.indexOf(':');
    const username = at < 0 ? value : value.slice(0, at);
    this.#file.auth = { type: 'basic', username, password: at < 0 ? '' : value.slice(at + 1) };
    return true;
  }

  #cookie(value: string): boolean {
    const pairs = value
      .split(';')
      .map((pair) => pair.trim())
      .filter((pair) => pair !== '');
    // For curl, a cookie without = is the name of a file.
    if (!pairs.every((pair) => pair.indexOf('=') > 0)) return false;
    for (const pair of pairs) {
      const at = pair.indexOf('=');
      Object.defineProperty(this.#cookies, pair.slice(0, at), {
        value: pair.slice(at + 1),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
    return true;
  }

  #tlsOption(meaning: Meaning, value: string): boolean {
    if (meaning === 'insecure') this.#tls.rejectUnauthorized = false;
    else if (meaning === 'ca') this.#tls.ca = [...(this.#tls.ca ?? []), value];
    else if (meaning === 'cert' || meaning === 'key' || meaning === 'pfx') this.#tls[meaning] = value;
    else if (meaning === 'curlCert') this.#setCurlCert(value);
    else if (meaning === 'serverName') this.#tls.serverName = value;
    else if (meaning === 'passphrase') this.#tls.passphrase = value;
    else if (meaning === 'certType') return this.#setCertType(value);
    else if (meaning === 'tls1.0') this.#tls.minVersion = 'TLSv1';
    else if (meaning === 'tls1.1' || meaning === 'tls1.2' || meaning === 'tls1.3') {
      this.#tls.minVersion = `TLSv${meaning.slice(3)}` as 'TLSv1.1';
    } else return false;
    return true;
  }

  /** The colon of a drive parts nothing. */
  #setCurlCert(value: string): void {
    const [, cert = value, passphrase] = /^((?:[A-Za-z]:(?=[\\/]))?(?:\\[^]|[^\\:])*):([^]*)$/.exec(value) ?? [];
    this.#tls.cert = cert.replaceAll('\\:', ':');
    if (passphrase !== undefined) this.#tls.passphrase = passphrase;
  }
}

/** curl asks for the upgrade with http:, and takes a bare host. */
function webSocketUrl(url: string): string {
  if (/^https?:\/\//i.test(url)) return `ws${url.slice(4)}`;
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? url : `ws://${url}`;
}
