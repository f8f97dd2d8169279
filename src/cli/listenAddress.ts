import { isIP } from 'node:net';
import { usageError } from './usage.js';

/** Where to listen: `127.0.0.1:9115`, `[::1]:0`, `localhost:9115`. */
export function parseListen(option: string, text: string): { readonly host: string; readonly port: number } {
  const [, inBrackets, name, digits = ''] = /^(?:\[([\da-f:.]+)\]|([^:[\]/\s]+)):(\d{1,5})$/i.exec(text) ?? [];
  const host = inBrackets ?? name;
  const port = Number(digits);
  if (host === undefined || port > 65_535 || (inBrackets !== undefined && isIP(inBrackets) !== 6))
    throw usageError(`${option} wants an address and a port`, `${option} 127.0.0.1:9115`);
  return { host, port };
}
