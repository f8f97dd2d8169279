import { domainToASCII } from 'node:url';
import { parseAddress } from '../base/address.js';

/** Where a connection leads: host as a URL writes it (brackets or not), and the port that is really used. */
export interface ProxyTarget {
  readonly host: string;
  readonly port: number;
}

const MAX_ENTRIES = 1000;

/** Entries of `NO_PROXY`: parted by commas or blanks. */
export function noProxyEntries(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((entry) => entry !== '');
}

/**
 * The first entry that keeps `target` from a proxy, or null: `*`, a host with those below it (with or without a leading dot),
 * `*.suffix` (those below alone), an address, a CIDR block; each but `*` and blocks also with a port.
 */
export function findNoProxy(entries: readonly string[], target: ProxyTarget): string | null {
  const host = plainHost(target.host);
  const address = addressOf(host);
  const found = entries.slice(0, MAX_ENTRIES).find((entry) => {
    const text = entry.trim();
    if (text === '*') return true;
    if (address && text.includes('/')) return isInBlock(address, text);
    const { name, port } = split(text);
    if (name === '' || (port !== null && port !== target.port)) return false;
    return address ? isSame(address, addressOf(name)) : matchesName(host, name);
  });
  return found?.trim() ?? null;
}

/** Why `auto` never takes a proxy to this host: `localhost`, a name below it, 127.0.0.1 or ::1. Null for any other. */
export function alwaysDirectBecause(hostname: string): string | null {
  return isThisMachine(hostname) ? `no proxy is ever used for ${hostname} unless the profile names it` : null;
}

/** `localhost`, a name below it, 127.0.0.1 or ::1. */
export function isThisMachine(hostname: string): boolean {
  const host = plainHost(hostname);
  const address = addressOf(host);
  return host === 'localhost' || host.endsWith('.localhost') || LOOPBACK.some((loopback) => isSame(loopback, address));
}

const LOOPBACK = [Uint8Array.of(127, 0, 0, 1), new Uint8Array(16).fill(1, 15)];

function plainHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
}

/** `host:port`, `[address]:port`; an address of IPv6 without brackets has no port. */
function split(entry: string): { readonly name: string; readonly port: number | null } {
  const [, name, digits] = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(entry) ?? [];
  if (name === undefined) return { name: plainHost(entry), port: null };
  return { name: plainHost(name), port: digits === undefined ? null : Number(digits) };
}

function matchesName(host: string, name: string): boolean {
  const below = name.startsWith('*.');
  const bare = name.slice(below ? 2 : name.startsWith('.') ? 1 : 0);
  // A name in Unicode means the one that URLs carry.
  const suffix = domainToASCII(bare) || bare;
  return suffix !== '' && (host.endsWith(`.${suffix}`) || (!below && host === suffix));
}

/** Four bytes for an IPv4 address that is written as an IPv6 one (RFC 4291 2.5.5.2). */
function addressOf(text: string): Uint8Array | null {
  const bytes = parseAddress(text);
  const isMapped = bytes?.length === 16 && bytes.subarray(0, 10).every((byte) => byte === 0);
  return isMapped && bytes[10] === 0xff && bytes[11] === 0xff ? bytes.subarray(12) : bytes;
}

function isSame(a: Uint8Array | null, b: Uint8Array | null): boolean {
  return a !== null && b !== null && a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function isInBlock(address: Uint8Array, block: string): boolean {
  const [, prefix = '', digits = ''] = /^([^/]*)\/(\d{1,3})$/.exec(block) ?? [];
  const network = parseAddress(plainHost(prefix));
  const bits = Number(digits);
  if (digits === '' || network?.length !== address.length || bits > address.length * 8) return false;
  return address.every((byte, index) => {
    const kept = Math.min(8, Math.max(0, bits - index * 8));
    const mask = (0xff << (8 - kept)) & 0xff;
    return ((byte ^ (network[index] ?? 0)) & mask) === 0;
  });
}
