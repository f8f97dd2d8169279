import { isIP } from 'node:net';
import { formatAuthority, isLoopbackName } from '../core/base/address.js';
import { usageError } from './usage.js';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** Where to listen: `127.0.0.1:9115`, `[::1]:0`, `localhost:9115`. */
export function parseListen(option: string, text: string): ListenAddress {
  const [, inBrackets, name, digits = ''] = /^(?:\[([\da-f:.]+)\]|([^:[\]/\s]+)):(\d{1,5})$/i.exec(text) ?? [];
  const host = inBrackets ?? name;
  const port = Number(digits);
  if (host === undefined || port > 65_535 || (inBrackets !== undefined && isIP(inBrackets) !== 6))
    throw usageError(`${option} wants an address and a port`, `${option} 127.0.0.1:9115`);
  return { host, port };
}

/** What `start` gives; a usage error where it cannot listen. */
export async function listening<T>(start: () => Promise<T>, { host, port }: ListenAddress): Promise<T> {
  try {
    return await start();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw usageError(`cannot listen on ${formatAuthority(host, port)} (${code})`, 'port 0 takes a free one');
  }
}

/** What is to be said loudly of a URL that is listened at; null where this machine alone reaches it. `who`: whoever does. */
export function openWarning(url: string, who: string): string | null {
  if (isLoopbackName(new URL(url).hostname.replace(/^\[|\]$/g, ''))) return null;
  return `WARNING: ${url} IS OPEN TO THE NETWORK: whoever reaches it ${who}`;
}
