import { checkUrl, parseUrl } from './url.js';

/** Which addresses somebody else may name: one scheme, one host or all below a domain, one port or any, every path. */
export interface AllowRule {
  readonly scheme: 'ws:' | 'wss:';
  /** As the URL parser writes it; of `*.example.com` what stands behind the star. */
  readonly host: string;
  readonly subdomains: boolean;
  /** Null: any. */
  readonly port: number | null;
}

const PATTERN = /^(wss?):\/\/(\*\.)?([^/?#@*:[\]\\]+|\[[\da-f:.]+\])(?::(\d{1,5}|\*))?$/i;

/** The rule that a pattern writes, `wss://*.example.com` or `ws://localhost:*`; else a sentence that says what is wrong with it. */
export function parseAllowRule(pattern: string): AllowRule | string {
  const match = PATTERN.exec(pattern);
  if (!match)
    return `${JSON.stringify(pattern.slice(0, 100))} is no rule: ws or wss, a host, perhaps a port, and no path.`;
  const [, scheme = '', star, name = '', port] = match;
  const wrong = checkUrl(`${scheme}://${name}${port === undefined || port === '*' ? '' : `:${port}`}`);
  if (wrong !== null) return wrong;
  const url = new URL(`${scheme}://${name}`);
  const host = url.hostname;
  // The URL parser writes every spelling of an address in one of these forms.
  if (star !== undefined && /^(\[|[\d.]+$)/.test(host)) return 'Below an address there are no subdomains.';
  return {
    scheme: url.protocol === 'wss:' ? 'wss:' : 'ws:',
    host,
    subdomains: star !== undefined,
    port: port === '*' ? null : port === undefined ? usualPort(url) : Number(port),
  };
}

/** Whether a rule names the address. It decides on the parsed URL, and never for one with user info. */
export function isAllowed(address: string, rules: readonly AllowRule[]): boolean {
  const url = checkUrl(address) === null ? parseUrl(address) : null;
  if (!url || url.username !== '' || url.password !== '') return false;
  const port = url.port === '' ? usualPort(url) : Number(url.port);
  return rules.some(
    (rule) =>
      url.protocol === rule.scheme && (rule.port === null || rule.port === port) && isHostOf(url.hostname, rule),
  );
}

/** The rule that names the server of an address and no other; null for no address of a WebSocket. */
export function ruleForServerOf(address: string): AllowRule | null {
  const url = checkUrl(address) === null ? parseUrl(address) : null;
  if (!url) return null;
  return {
    scheme: url.protocol === 'wss:' ? 'wss:' : 'ws:',
    host: url.hostname,
    subdomains: false,
    port: url.port === '' ? usualPort(url) : Number(url.port),
  };
}

function isHostOf(host: string, rule: AllowRule): boolean {
  if (!rule.subdomains) return host === rule.host;
  const below = `.${rule.host}`;
  return host.length > below.length && host.endsWith(below);
}

function usualPort({ protocol }: URL): number {
  return protocol === 'wss:' ? 443 : 80;
}
