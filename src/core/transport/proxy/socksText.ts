import { quote } from '../../handshake/headLine.js';
import { failed, type Outcome, success } from '../outcome.js';

/** Lengths are one byte (RFC 1928 5, RFC 1929 2). */
const MAX_BYTES = 255;

/** A user name or password in UTF-8; empty for none. The failure does not say what it holds. */
export function credentialBytes(text: string | null, what: string): Outcome<Uint8Array> {
  const bytes = Buffer.from(text ?? '', 'utf8');
  if (bytes.length > MAX_BYTES) {
    return failed(
      'proxy',
      'input',
      `The proxy's ${what} is longer than ${MAX_BYTES} bytes, the most that SOCKS carries.`,
    );
  }
  if (/[\0\r\n]/.test(text ?? '')) {
    return failed('proxy', 'input', `The proxy's ${what} holds a line break or a NUL.`);
  }
  return success(bytes);
}

/** A host name as the proxy shall resolve it. */
export function nameBytes(host: string): Outcome<Uint8Array> {
  if (/^[\x21-\x7e]{1,255}$/.test(host)) return success(Buffer.from(host, 'latin1'));
  return host.length > MAX_BYTES
    ? failed('proxy', 'input', `The host's name is longer than ${MAX_BYTES} bytes, the most that SOCKS carries.`)
    : failed('proxy', 'input', `The host ${quote(host)} cannot be sent to a SOCKS proxy.`);
}

/** Network order. */
export function portBytes(port: number): readonly [number, number] {
  return [port >> 8, port & 0xff];
}
