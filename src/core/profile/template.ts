import { isDeepStrictEqual } from 'node:util';
import { isSecretHeader, isSecretParameter } from '../redaction/redactor.js';
import { DEFAULT_BUDGETS, DEFAULT_HOLD_MS, DEFAULT_MAX_MESSAGE_BYTES, DEFAULT_TIMEOUTS } from './plan.js';
import type { Auth, ProbePlan } from '../base/plan.js';
import type { Step } from '../base/step.js';
import { parseUrl } from '../base/url.js';
import { proxyUrl } from './proxyUrl.js';
import { Vault, type VaultOptions, Written } from './vault.js';

/** What a new profile is made from: a plan, or the few keys that are known. */
export type TemplateSource = Partial<Omit<ProbePlan, 'url'>> & { readonly url: string };

export interface ProfileText {
  readonly text: string;
  /** Values that the text names as `${secret:name}`, to be kept outside the file; none of those that a reference stood for already. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** Text of a new `.wsprobe`: what differs from the defaults, credentials as `${secret:name}`, never as they are. */
export function profileTemplate(source: TemplateSource): string {
  return renderProfile(source).text;
}

/** As `profileTemplate`, with the values that belong to the names. */
export function renderProfile(source: TemplateSource, names: Omit<VaultOptions, 'host'> = {}): ProfileText {
  const vault = new Vault(source.secrets ?? [], { ...names, host: parseUrl(source.url)?.host ?? '' });
  const body = JSON.stringify(write(toFile(source, vault), vault, false), null, 2);
  const secrets = vault.values;
  const hint = '// Set each secret: "WebSocket: Set Secret" in the editor, WSPROBE_SECRET_<NAME> on the command line.';
  const namesSecrets = /(?<!\$)\$\{secret:/.test(body);
  return { text: `${namesSecrets ? `${hint}\n` : ''}${body}\n`, secrets };
}

function toFile(source: TemplateSource, vault: Vault): Record<string, unknown> {
  const cookies = Object.entries(source.cookies ?? {}).map(([name, value]) => [name, vault.secret(value, name)]);
  const passphrase = source.tls?.passphrase;
  return {
    name: source.name,
    url: writeUrl(source.url, vault),
    headers: writeHeaders(source.headers ?? [], vault),
    origin: source.origin ?? undefined,
    subprotocols: source.subprotocols,
    auth: source.auth ? writeAuth(source.auth, vault) : undefined,
    cookies: Object.fromEntries(cookies) as unknown,
    tls: { ...source.tls, passphrase: passphrase === undefined ? undefined : vault.secret(passphrase, 'passphrase') },
    proxy: writeProxy(source, vault),
    http: unless(source.http, '1.1'),
    compression: unless(source.compression, true),
    followRedirects: unless(source.followRedirects, false),
    timeouts: unless(source.timeouts, DEFAULT_TIMEOUTS),
    limits: unless(source.limits, { maxMessageBytes: DEFAULT_MAX_MESSAGE_BYTES }),
    message: source.message ? { ...source.message, samples: unless(source.message.samples, 1) } : undefined,
    steps: source.steps?.map(withoutLine),
    expect: source.expect ? writeExpect(source.expect) : undefined,
    session: { shareConnection: unless(source.session?.shareConnection, false) },
  };
}

/** Puts texts into the form of a file and drops what is undefined or an empty object or list of the profile itself. */
function write(value: unknown, vault: Vault, isMessage: boolean, depth = 0): unknown {
  if (value instanceof Written) return value.text;
  if (typeof value === 'string') return vault.text(value, isMessage);
  if (Array.isArray(value)) return value.map((item) => write(item, vault, isMessage, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .map(([key, item]) => [key, write(item, vault, isMessage || isMessageKey(key, depth), depth + 1)] as const)
    .filter(([, item]) => item !== undefined && (depth > 1 || !isEmptyContainer(item)));
  return Object.fromEntries(entries);
}

/** Texts of `message.send` and of steps are filled in as they are said. */
function isMessageKey(key: string, depth: number): boolean {
  return (depth === 0 && key === 'steps') || (depth === 1 && key === 'send');
}

function withoutLine({ line: _line, ...step }: Step): unknown {
  if (!('repeat' in step)) return step;
  return { ...step, repeat: { ...step.repeat, steps: step.repeat.steps.map(withoutLine) } };
}

function isEmptyContainer(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function writeHeaders(headers: ProbePlan['headers'], vault: Vault): Record<string, unknown> {
  const found = new Map<string, unknown>();
  for (const [name, value] of headers) {
    const written = isSecretHeader(name) ? vault.secret(value, name) : value;
    found.set(name, found.has(name) ? [found.get(name), written].flat() : written);
  }
  return Object.fromEntries(found);
}

function writeAuth(auth: Auth, vault: Vault): unknown {
  if (auth.type === 'basic' || auth.type === 'digest')
    return { ...auth, password: vault.secret(auth.password, 'password') };
  if (auth.type === 'apiKey') return { ...auth, value: vault.secret(auth.value, auth.name) };
  if (auth.type === 'oauth2') return { ...auth, clientSecret: vault.secret(auth.clientSecret, 'client-secret') };
  return { ...auth, token: vault.secret(auth.token, 'token') };
}

/** Found by `auto`, a proxy is found again. User name and password stand in the URL percent-encoded, the secret's value too. */
function writeProxy({ proxyChoice, proxy }: TemplateSource, vault: Vault): unknown {
  if (proxyChoice === 'none') return 'none';
  if (proxyChoice !== 'named' || !proxy) return undefined;
  const [scheme = '', place = ''] = proxyUrl(proxy).split('//');
  const { username, password } = proxy;
  if (username === null) return new Written(`${scheme}//${place}`);
  const name = vault.text(encodeURIComponent(username));
  const secret = password === null ? '' : `:${vault.secret(encodeURIComponent(password), 'proxy').text}`;
  return new Written(`${scheme}//${name}${secret}@${place}`);
}

/** The URL as it is, but for user info, which `auth` carries, and query values that are secret by their name. */
function writeUrl(url: string, vault: Vault): Written {
  const bare = url.replace(/^(wss?:\/\/)[^/?#]*@/i, '$1');
  const pieces: string[] = [];
  let from = 0;
  for (const match of bare.matchAll(/[?&]([^=&#]*)=([^&#]+)/g)) {
    const [whole, name = '', value = ''] = match;
    if (!isSecretParameter(name)) continue;
    const at = match.index + whole.length - value.length;
    pieces.push(vault.text(bare.slice(from, at)), vault.secret(value, name).text);
    from = at + value.length;
  }
  return new Written(pieces.join('') + vault.text(bare.slice(from)));
}

function writeExpect(expect: ProbePlan['expect']): unknown {
  const budgets = Object.entries(expect.budgets).filter(([name, value]) => {
    return !isDeepStrictEqual(value, name in DEFAULT_BUDGETS ? DEFAULT_BUDGETS[name as 'upgrade' | 'message'] : null);
  });
  const own = Object.fromEntries(budgets);
  return {
    ...expect,
    holdMs: unless(expect.holdMs, DEFAULT_HOLD_MS),
    ping: unless(expect.ping, true),
    budgets: budgets.length === 0 ? undefined : own,
  };
}

function unless<T>(value: T | undefined, standard: T): T | undefined {
  return isDeepStrictEqual(value, standard) ? undefined : value;
}
