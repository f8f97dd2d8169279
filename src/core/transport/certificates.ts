import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import type { Certificate, TlsInfo } from '../base/model.js';
import { plainText } from '../base/plainText.js';

/** A hostile chain may be long, its names endless: what is kept of them. */
const MAX_CHAIN = 20;
const MAX_NAME_CHARACTERS = 1_000;
const MAX_ALT_NAMES = 100;
const MAX_USES = 20;
const DAY_MS = 86_400_000;

/** What Node calls `UNSPECIFIED`, by OpenSSL's words for it: its name for the code without `X509_V_ERR_`. */
const UNNAMED: Readonly<Record<string, string>> = {
  'ca signature digest algorithm too weak': 'CA_MD_TOO_WEAK',
  'ee certificate key too weak': 'EE_KEY_TOO_SMALL',
  'ca certificate key too weak': 'CA_KEY_TOO_SMALL',
  'permitted subtree violation': 'PERMITTED_VIOLATION',
  'excluded subtree violation': 'EXCLUDED_VIOLATION',
};

/** Why verification refused the certificate: the code, and OpenSSL's words where they can be had. */
export function refusalOf(socket: TLSSocket): { readonly code: string; readonly message: string } {
  const error = socket.authorizationError as Error | string | null | undefined;
  const code = typeof error === 'string' ? error : (error?.message ?? 'UNKNOWN');
  const words = plainText(verifyWords(socket) ?? '', MAX_NAME_CHARACTERS);
  if (code !== 'UNSPECIFIED') return { code, message: words || code };
  return { code: UNNAMED[words.toLowerCase()] ?? (words || code), message: words || code };
}

/** Node shows the code alone of an error that it does not throw; the words are in the handle it keeps to itself. */
function verifyWords(socket: TLSSocket): string | null {
  const { _handle: handle } = socket as { _handle?: { verifyError?: () => unknown } | null };
  const error = typeof handle?.verifyError === 'function' ? handle.verifyError() : null;
  return error instanceof Error ? error.message : null;
}

/** What a finished TLS handshake tells, the whole chain included, also when verification failed. */
export function describeTls(socket: TLSSocket, now: Date): TlsInfo {
  return {
    protocol: socket.getProtocol(),
    cipher: socket.getCipher()?.name ?? null,
    alpn: socket.alpnProtocol || null,
    authorized: socket.authorized,
    authorizationError: socket.authorized ? null : refusalOf(socket).code,
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
  const validTo = parseTime(certificate.valid_to);
  const { ca, ext_key_usage: uses } = certificate as { ca?: unknown; ext_key_usage?: unknown };
  return {
    subject: describeName(certificate.subject),
    issuer: describeName(certificate.issuer),
    validFrom: toIso(parseTime(certificate.valid_from)),
    validTo: toIso(validTo),
    daysLeft: daysUntil(validTo, now),
    altNames: splitAltNames(certificate.subjectaltname ?? ''),
    fingerprint256: certificate.fingerprint256,
    ...(typeof ca === 'boolean' ? { authority: ca } : {}),
    ...(Array.isArray(uses) ? { uses: uses.slice(0, MAX_USES).map(useName) } : {}),
  };
}

/** RFC 5280 4.2.1.12. */
const USES: Readonly<Record<string, string>> = {
  '1.3.6.1.5.5.7.3.1': 'serverAuth',
  '1.3.6.1.5.5.7.3.2': 'clientAuth',
  '1.3.6.1.5.5.7.3.3': 'codeSigning',
  '1.3.6.1.5.5.7.3.4': 'emailProtection',
  '1.3.6.1.5.5.7.3.8': 'timeStamping',
  '1.3.6.1.5.5.7.3.9': 'OCSPSigning',
  '2.5.29.37.0': 'any',
};

function useName(oid: unknown): string {
  const text = plainText(String(oid), 100);
  return Object.hasOwn(USES, text) ? USES[text]! : text;
}

/** Whole days; a certificate that has passed is at least one day past. */
function daysUntil(date: Date, now: Date): number {
  const days = (date.getTime() - now.getTime()) / DAY_MS;
  if (Number.isNaN(days)) return 0;
  return days >= 0 ? Math.floor(days) : Math.min(-1, Math.trunc(days));
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const TIME = /^([A-Z][a-z]{2}) +(\d{1,2}) (\d{2}):(\d{2}):(\d{2})(?:\.\d+)? (\d{1,4}) GMT$/;

/** OpenSSL's `Jan  1 00:00:00 2026 GMT`. Not by `Date`, to which the year 0049 is 2049. */
function parseTime(text: string): Date {
  const [, month = '', day, hours, minutes, seconds, year] = TIME.exec(text) ?? [];
  const date = new Date(Number.NaN);
  if (!MONTHS.includes(month)) return date;
  date.setTime(0);
  date.setUTCFullYear(Number(year), MONTHS.indexOf(month), Number(day));
  date.setUTCHours(Number(hours), Number(minutes), Number(seconds));
  return date;
}

/** Empty where the certificate's own time cannot be read. */
function toIso(date: Date): string {
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}

/** A line after RFC 4514: `CN=localhost, O=Example`. Values are escaped, so that none can pass for another attribute. */
function describeName(name: object | undefined): string {
  const parts = Object.entries(name ?? {}).flatMap(([key, value]: [string, unknown]) =>
    (Array.isArray(value) ? value : [value]).map((item) => `${key}=${String(item).replace(/[\\,+"<>;=]/g, '\\$&')}`),
  );
  return plainText(parts.join(', '), MAX_NAME_CHARACTERS);
}

/** Node puts names that hold a comma or worse in quotes, as JSON. */
const ALT_NAME = /(?:"(?:[^"\\]|\\.)*"|[^",]|,(?! ))+/g;

function splitAltNames(text: string): string[] {
  const names = text.slice(0, MAX_ALT_NAMES * MAX_NAME_CHARACTERS).match(ALT_NAME) ?? [];
  return names.slice(0, MAX_ALT_NAMES).map((name) => plainText(name.trimStart(), MAX_NAME_CHARACTERS));
}
