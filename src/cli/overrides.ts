import { resolve } from 'node:path';
import type { Auth, TlsOptions } from '../core/base/plan.js';
import type { MessageFile, ProfileFile } from '../core/profile/profile.js';
import type { CONNECTION_OPTIONS } from './optionTable.js';
import type { parseOptions } from './options.js';
import { parseDuration, parseInteger, parsePair } from './options.js';
import { pingIntervalOf } from './pingInterval.js';
import { usageError } from './usage.js';

export type ConnectionValues = ReturnType<typeof parseOptions<typeof CONNECTION_OPTIONS>>['values'];

/** What the options say, as the part of a profile that it replaces. Throws a usage error; never repeats a credential. */
export function overridesOf(values: ConnectionValues, cwd: string): ProfileFile {
  const overrides: Mutable<ProfileFile> = {};
  if (values.header !== undefined) overrides.headers = parseHeaders(values.header);
  if (values.subprotocol !== undefined)
    overrides.subprotocols = values.subprotocol.flatMap((list) => list.split(',').map((token) => token.trim()));
  if (values.origin !== undefined) overrides.origin = values.origin;
  const auth = parseAuth(values);
  if (auth !== null) overrides.auth = auth;
  if (values.cookie !== undefined)
    overrides.cookies = Object.fromEntries(values.cookie.map((cookie) => parsePair('--cookie', cookie)));
  const tls = parseTls(values, cwd);
  if (tls !== null) overrides.tls = tls;
  if (values.proxy !== undefined) overrides.proxy = parseProxy(values.proxy);
  if (values.http !== undefined) overrides.http = parseHttp(values.http);
  if (values['follow-redirects'] === true) overrides.followRedirects = true;
  if (values['no-compression'] === true) overrides.compression = false;
  if (values.timeout !== undefined) {
    const timeoutMs = parseDuration('--timeout', values.timeout);
    if (timeoutMs < 1 || timeoutMs > DAY_MS) throw usageError('--timeout wants a time from 1ms to 24h');
    overrides.timeouts = { connectMs: timeoutMs, upgradeMs: timeoutMs, messageMs: timeoutMs };
  }
  const message = parseMessage(values);
  if (message !== null) overrides.message = message;
  const expect = parseExpect(values);
  if (expect !== null) overrides.expect = expect;
  const interval = values['ping-interval'];
  if (interval !== undefined) {
    const { everyMs, timeoutMs } = pingIntervalOf(interval);
    overrides.session = { heartbeat: { every: everyMs, timeout: timeoutMs, send: 'ping' } };
  }
  return overrides;
}

const DAY_MS = 86_400_000;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function parseHeaders(lines: readonly string[]): Record<string, string | readonly string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const line of lines) {
    const at = line.indexOf(':');
    if (at <= 0) throw usageError("-H wants 'Name: value'");
    const name = line.slice(0, at).trim();
    const value = line.slice(at + 1).replace(/^[ \t]+|[ \t]+$/g, '');
    const key = Object.keys(headers).find((known) => known.toLowerCase() === name.toLowerCase()) ?? name;
    const before = headers[key];
    headers[key] = before === undefined ? value : [before, value].flat();
  }
  return headers;
}

function parseAuth(values: ConnectionValues): Auth | null {
  const [one, other] = (['bearer', 'basic', 'digest'] as const).filter((name) => values[name] !== undefined);
  if (one !== undefined && other !== undefined) throw usageError(`--${one} and --${other} cannot go together`);
  if (values.bearer !== undefined) return { type: 'bearer', token: values.bearer };
  const type = values.digest === undefined ? 'basic' : 'digest';
  const user = values[type];
  if (user === undefined) return null;
  const at = user.indexOf(':');
  if (at < 0) throw usageError(`--${type} wants user:password`);
  return { type, username: user.slice(0, at), password: user.slice(at + 1) };
}

/** A bare host:port is an http: proxy, as in curl and in the environment. */
function parseProxy(text: string): string {
  if (text === 'auto' || text === 'none' || text.includes('://') || text === '') return text;
  return `http://${text}`;
}

function parseHttp(text: string): '1.1' | '2' | 'auto' {
  if (text === '1.1' || text === '2' || text === 'auto') return text;
  throw usageError('--http wants 1.1, 2 or auto');
}

function parseMinTls(text: string): NonNullable<TlsOptions['minVersion']> {
  const [, minor] = /^(?:TLSv)?1(?:\.([0-3]))?$/i.exec(text) ?? [];
  if (minor === undefined) throw usageError('--min-tls wants 1.0, 1.1, 1.2 or 1.3');
  return minor === '0' ? 'TLSv1' : (`TLSv1.${minor}` as 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3');
}

/** Paths on a command line start from the working directory, those in a profile from its folder. */
function parseTls(values: ConnectionValues, cwd: string): TlsOptions | null {
  const tls: Mutable<TlsOptions> = {};
  if (values.ca !== undefined) tls.ca = values.ca.map((path) => resolve(cwd, path));
  if (values.cert !== undefined) tls.cert = resolve(cwd, values.cert);
  if (values.key !== undefined) tls.key = resolve(cwd, values.key);
  if (values.pfx !== undefined) tls.pfx = resolve(cwd, values.pfx);
  if (values.passphrase !== undefined) tls.passphrase = values.passphrase;
  if (values['server-name'] !== undefined) tls.serverName = values['server-name'];
  if (values['min-tls'] !== undefined) tls.minVersion = parseMinTls(values['min-tls']);
  if (values.insecure === true) tls.rejectUnauthorized = false;
  return Object.keys(tls).length === 0 ? null : tls;
}

function parseMessage(values: ConnectionValues): MessageFile | null {
  const message: Mutable<MessageFile> = {};
  if (values.send !== undefined) message.send = { text: values.send };
  if (values.expect !== undefined)
    message.expect = values.expect === 'echo' || values.expect === 'any' ? values.expect : { contains: values.expect };
  if (values.samples !== undefined) message.samples = parseInteger('--samples', values.samples, 1, 1000);
  return Object.keys(message).length === 0 ? null : message;
}

/** What makes it healthy. */
function parseExpect(values: ConnectionValues): NonNullable<ProfileFile['expect']> | null {
  const expect: Mutable<NonNullable<ProfileFile['expect']>> = {};
  if (values.hold !== undefined) expect.holdMs = parseDuration('--hold', values.hold);
  if (values['no-ping'] === true) expect.ping = false;
  const days = values['cert-days'];
  if (days !== undefined) expect.certificateDaysLeft = parseInteger('--cert-days', days, 0, 3650);
  const subprotocol = values['expect-subprotocol'];
  if (subprotocol !== undefined) expect.subprotocol = subprotocol === 'none' ? null : subprotocol;
  return Object.keys(expect).length === 0 ? null : expect;
}
