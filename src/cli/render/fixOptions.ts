import type { Fix } from '../../core/base/model.js';
import { shellQuote } from '../../core/diagnosis/snippets/shell.js';

/** The command-line options that say the same as a fix for the profile; null where a key has none. */
export function optionsOf({ language, snippet }: Fix): string | null {
  if (language !== 'json') return null;
  const given = entriesOf(parsed(snippet), writers);
  if (given === null || given.length === 0 || given.some((argument) => argument.includes('\0'))) return null;
  return given.map((argument) => (CONTROL.test(argument) ? ansiQuoted(argument) : shellQuote(argument))).join(' ');
}

const CONTROL = /[\u0001-\u001f\u007f]/;

/** As bash and zsh read it: a control character typed as itself would not come out of a terminal as it went in. */
function ansiQuoted(argument: string): string {
  const inner = argument
    .replace(/[\\']/g, '\\$&')
    .replace(/[\u0001-\u001f\u007f]/g, (one) => `\\x${one.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return `$'${inner}'`;
}

type Writer = (value: unknown) => readonly string[] | null;

const valued =
  (option: string): Writer =>
  (value) =>
    typeof value === 'string' ? [option, value] : null;
const listed =
  (option: string): Writer =>
  (value) =>
    Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string')
      ? value.flatMap((item) => [option, item])
      : null;
const flag =
  (option: string, when: boolean): Writer =>
  (value) =>
    value === when ? [option] : null;

const tlsWriters: Readonly<Record<string, Writer>> = {
  ca: listed('--ca'),
  cert: valued('--cert'),
  key: valued('--key'),
  pfx: valued('--pfx'),
  passphrase: valued('--passphrase'),
  serverName: valued('--server-name'),
  minVersion: (value) => (typeof value === 'string' ? ['--min-tls', minVersion(value)] : null),
  rejectUnauthorized: flag('-k', false),
};

const milliseconds =
  (option: string): Writer =>
  (value) =>
    typeof value === 'number' ? [option, `${value}ms`] : null;

const expectWriters: Readonly<Record<string, Writer>> = {
  holdMs: milliseconds('--hold'),
  ping: flag('--no-ping', false),
};

/** A heartbeat of whole seconds, of pings; how long it waits for an answer the option knows by itself. */
const heartbeat: Writer = (value) => {
  if (!isRecord(value) || value['send'] !== 'ping' || typeof value['every'] !== 'number') return null;
  return value['every'] % 1_000 === 0 ? ['--ping-interval', String(value['every'] / 1_000)] : null;
};

const writers: Readonly<Record<string, Writer>> = {
  proxy: valued('--proxy'),
  http: valued('--http'),
  origin: valued('--origin'),
  subprotocols: listed('--subprotocol'),
  compression: flag('--no-compression', false),
  followRedirects: flag('--follow-redirects', true),
  // In the place of the address.
  url: (value) => (typeof value === 'string' ? [value] : null),
  auth: credentials,
  timeouts: longest,
  message: (value) => entriesOf(value, { send: sent, expect: valued('--expect') }),
  cookies: pairs('--cookie', '='),
  headers: pairs('-H', ': '),
  tls: (value) => entriesOf(value, tlsWriters),
  expect: (value) => someOf(entriesOf(value, expectWriters)),
  session: (value) => someOf(entriesOf(value, { heartbeat })),
};

function credentials(value: unknown): readonly string[] | null {
  if (!isRecord(value)) return null;
  const { type, token, username, password, name, value: key, in: place } = value;
  if (type === 'bearer' && typeof token === 'string') return ['--bearer', token];
  const isUser = type === 'basic' || type === 'digest';
  if (isUser && typeof username === 'string' && typeof password === 'string')
    return [`--${type}`, `${username}:${password}`];
  const inHeader = type === 'apiKey' && place === 'header' && typeof name === 'string' && typeof key === 'string';
  return inHeader ? ['-H', `${name}: ${key}`] : null;
}

/** One option for all phases. */
function longest(value: unknown): readonly string[] | null {
  if (!isRecord(value)) return null;
  const limits = Object.values(value).filter((limit) => typeof limit === 'number');
  return limits.length === 0 ? null : ['--timeout', `${Math.max(...limits)}ms`];
}

function sent(value: unknown): readonly string[] | null {
  if (typeof value === 'string') return ['--send', value];
  return isRecord(value) && 'json' in value ? ['--send', JSON.stringify(value['json'])] : null;
}

function someOf(options: readonly string[] | null): readonly string[] | null {
  return options?.length === 0 ? null : options;
}

function pairs(option: string, separator: string): Writer {
  return (value) => {
    if (!isRecord(value)) return null;
    const given = Object.entries(value);
    return given.every(([, item]) => typeof item === 'string')
      ? given.flatMap(([name, item]) => [option, `${name}${separator}${String(item)}`])
      : null;
  };
}

function entriesOf(keys: unknown, table: Readonly<Record<string, Writer>>): readonly string[] | null {
  if (!isRecord(keys)) return null;
  const parts = Object.entries(keys).map(([key, value]) => (Object.hasOwn(table, key) ? table[key]?.(value) : null));
  return parts.every((part) => part !== null && part !== undefined) ? parts.flat() : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function minVersion(version: string): string {
  return version === 'TLSv1' ? '1.0' : version.replace(/^TLSv/, '');
}
