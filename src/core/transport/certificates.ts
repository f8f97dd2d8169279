import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import type { Certificate, TlsInfo } from '../model.js';

/** A hostile chain may be long, its names endless: what is kept of them. */
const MAX_CHAIN = 20;
const MAX_NAME_CHARACTERS = 1_000;
const MAX_ALT_NAMES = 100;
const DAY_MS = 86_400_000;

/** What a finished TLS handshake tells, the whole chain included, also when verification failed. */
export function describeTls(socket: TLSSocket, now: Date): TlsInfo {
  const error = socket.authorizationError as Error | string | null | undefined;
  return {
    protocol: socket.getProtocol(),
    cipher: socket.getCipher()?.name ?? null,
    alpn: socket.alpnProtocol || null,
    authorized: socket.authorized,
    authorizationError: socket.authorized ? null : typeof error === 'string' ? error : (error?.message ?? 'UNKNOWN'),
    chain: describeChain(socket.getPeerCertificate(true), now),
  };
}

function describeChain(leaf: DetailedPeerCertificate, now: Date): Certificate[] {
  const chain: Certificate[] = [];
  const seen = new Set<string>();
  let certificate: DetailedPeerCertificate | undefined = leaf;
  while (certificate?.fingerprint256 && !seen.has(certificate.fingerprint256) && chain.length < MAX_CHAIN) {
    seen.add(certificate.fingerprint256);
    chain.push(describeCertificate(certificate, now));
    certificate = certificate.issuerCertificate;
  }
  return chain;
}

function describeCertificate(certificate: DetailedPeerCertificate, now: Date): Certificate {
  const validTo = new Date(certificate.valid_to);
  return {
    subject: describeName(certificate.subject),
    issuer: describeName(certificate.issuer),
    validFrom: toIso(new Date(certificate.valid_from)),
    validTo: toIso(validTo),
    daysLeft: daysUntil(validTo, now),
    altNames: splitAltNames(certificate.subjectaltname ?? ''),
    fingerprint256: certificate.fingerprint256,
  };
}

/** Whole days; a certificate that has passed is at least one day past. */
function daysUntil(date: Date, now: Date): number {
  const days = (date.getTime() - now.getTime()) / DAY_MS;
  if (Number.isNaN(days)) return 0;
  return days >= 0 ? Math.floor(days) : Math.min(-1, Math.trunc(days));
}

function toIso(date: Date): string {
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}

/** An RFC 4514-like line: `CN=localhost, O=Example`. */
function describeName(name: object | undefined): string {
  const parts = Object.entries(name ?? {}).flatMap(([key, value]: [string, unknown]) =>
    (Array.isArray(value) ? value : [value]).map((item) => `${key}=${String(item)}`),
  );
  return parts.join(', ').slice(0, MAX_NAME_CHARACTERS);
}

function splitAltNames(text: string): string[] {
  return text
    .slice(0, MAX_ALT_NAMES * MAX_NAME_CHARACTERS)
    .split(', ')
    .filter((name) => name !== '')
    .slice(0, MAX_ALT_NAMES)
    .map((name) => name.slice(0, MAX_NAME_CHARACTERS));
}
