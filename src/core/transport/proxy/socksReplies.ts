/** Every `code` of a failure of kind `socks`. */
export const SOCKS_CODES = [
  'no-method',
  'auth-refused',
  'general-failure',
  'not-allowed',
  'network-unreachable',
  'host-unreachable',
  'connection-refused',
  'ttl-expired',
  'command-not-supported',
  'address-not-supported',
  'rejected',
  'ident-required',
  'ident-mismatch',
  'malformed',
] as const;

export type SocksCode = (typeof SOCKS_CODES)[number];

/** What a reply other than "granted" means. */
export interface SocksReply {
  readonly code: SocksCode;
  readonly text: string;
}

/** RFC 1928 6; a code without a meaning there is a general failure. */
export function socks5Reply(code: number): SocksReply {
  return SOCKS5_REPLIES[code - 1] ?? { code: 'general-failure', text: `unassigned reply ${code}` };
}

/** The SOCKS 4 protocol's CD: 91 to 93; any other is a rejection too. */
export function socks4Reply(code: number): SocksReply {
  return SOCKS4_REPLIES[code - 91] ?? { code: 'rejected', text: `unassigned reply ${code}` };
}

const SOCKS5_REPLIES: readonly SocksReply[] = [
  { code: 'general-failure', text: 'general SOCKS server failure' },
  { code: 'not-allowed', text: 'connection not allowed by ruleset' },
  { code: 'network-unreachable', text: 'network unreachable' },
  { code: 'host-unreachable', text: 'host unreachable' },
  { code: 'connection-refused', text: 'connection refused' },
  { code: 'ttl-expired', text: 'TTL expired' },
  { code: 'command-not-supported', text: 'command not supported' },
  { code: 'address-not-supported', text: 'address type not supported' },
];

const SOCKS4_REPLIES: readonly SocksReply[] = [
  { code: 'rejected', text: 'request rejected or failed' },
  { code: 'ident-required', text: 'request rejected: no identd reached on the client' },
  { code: 'ident-mismatch', text: 'request rejected: identd and the request name different users' },
];
