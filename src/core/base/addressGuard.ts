import { embeddedIPv4, isLoopbackIPv6, parseAddress } from './address.js';

/**
 * Whether an address is one that no WebSocket server has: link-local and cloud metadata (169.254.0.0/16, 100.100.100.200,
 * 168.63.129.16, 192.0.0.192, fd00:ec2::254, fd00:ec2::23, fd20:ce::254, fe80::/10), and "this host" (0.0.0.0/8, ::). Every spelling counts. Loopback and private networks
 * are never guarded: they are the job.
 */
export function isGuardedAddress(address: string): boolean {
  const bytes = parseAddress(address);
  if (!bytes) return false;
  if (bytes.length === 4) return isGuardedIPv4(bytes);
  if (bytes[0] === 0xfe && ((bytes[1] ?? 0) & 0xc0) === 0x80) return true;
  if (metadataIPv6().some((guarded) => guarded.every((byte, index) => byte === bytes[index]))) return true;
  if (isLoopbackIPv6(bytes)) return false;
  const inner = embeddedIPv4(bytes);
  return inner !== null && isGuardedIPv4(inner);
}

/** Names that lead to a cloud's metadata service whoever resolves them. */
const METADATA_NAMES = new Set([
  'metadata.google.internal',
  'metadata.goog',
  'instance-data',
  'instance-data.ec2.internal',
  'metadata.tencentyun.com',
  'api.metadata.cloud.ibm.com',
]);
const METADATA_SUFFIX = /^instance-data\.[a-z0-9-]+\.compute\.internal$/;

/** Whether a host, address or name, is one to refuse where another machine will resolve it. */
export function isGuardedHost(host: string): boolean {
  const name = host.toLowerCase().replace(/\.+$/, '');
  return isGuardedAddress(name) || METADATA_NAMES.has(name) || METADATA_SUFFIX.test(name);
}

let parsed: readonly Uint8Array[] | null = null;

/** Parsed with the first address to compare them with. */
function metadataIPv6(): readonly Uint8Array[] {
  parsed ??= ['fd00:ec2::254', 'fd00:ec2::23', 'fd20:ce::254'].map((text) => parseAddress(text) ?? new Uint8Array(16));
  return parsed;
}

/** Alibaba Cloud, the host of Azure's machines, Oracle Cloud. */
const METADATA_IPV4 = new Set(['100.100.100.200', '168.63.129.16', '192.0.0.192']);

function isGuardedIPv4([a, b, c, d]: Uint8Array): boolean {
  return (a === 169 && b === 254) || a === 0 || METADATA_IPV4.has(`${a}.${b}.${c}.${d}`);
}
