import { isIPv4, isIPv6 } from 'node:net';

/** An IP address as bytes (4 or 16), null when the text is none. A zone (`%eth0`) is left out. */
export function parseAddress(text: string): Uint8Array | null {
  const address = text.replace(/%.*$/, '');
  if (isIPv4(address)) return Uint8Array.from(address.split('.'), Number);
  // Node makes its expression for the longer kind when it is first asked.
  return address.includes(':') && isIPv6(address) ? parseIPv6(address) : null;
}

function parseIPv6(address: string): Uint8Array {
  // A dotted tail (::ffff:1.2.3.4) is two groups.
  const text = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_match, a, b, c, d) =>
    [(Number(a) << 8) | Number(b), (Number(c) << 8) | Number(d)].map((group) => group.toString(16)).join(':'),
  );
  const [head = '', tail] = text.split('::');
  const before = groupsOf(head);
  const after = tail === undefined ? [] : groupsOf(tail);
  const groups = [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

function groupsOf(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
}

/** `127.0.0.1:80`, `[::1]:80`. */
export function formatAuthority(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Whether a name or an address means this machine and no network. */
export function isLoopbackName(host: string): boolean {
  if (host.toLowerCase() === 'localhost') return true;
  const bytes = parseAddress(host);
  return bytes !== null && (bytes.length === 4 ? bytes[0] === 127 : isLoopbackIPv6(bytes));
}

export function isLoopbackIPv6(bytes: Uint8Array): boolean {
  return bytes.length === 16 && bytes[15] === 1 && bytes.subarray(0, 15).every((byte) => byte === 0);
}

/**
 * The IPv4 address that an IPv6 one carries: mapped, compatible, translated (RFC 2765), NAT64 (RFC 6052), 6to4 (RFC 3056); null for
 * none.
 */
export function embeddedIPv4(bytes: Uint8Array): Uint8Array | null {
  if (bytes.length !== 16) return null;
  const zeros = (from: number, to: number) => bytes.subarray(from, to).every((byte) => byte === 0);
  if (zeros(0, 10) && bytes[10] === 0xff && bytes[11] === 0xff) return bytes.subarray(12);
  if (zeros(0, 8) && bytes[8] === 0xff && bytes[9] === 0xff && zeros(10, 12)) return bytes.subarray(12);
  if (zeros(0, 12)) return bytes.subarray(12);
  if (bytes[0] === 0 && bytes[1] === 0x64 && bytes[2] === 0xff && bytes[3] === 0x9b) return bytes.subarray(12);
  if (bytes[0] === 0x20 && bytes[1] === 0x02) return bytes.subarray(2, 6);
  return null;
}
