import { createHash, type KeyObject, randomBytes, sign } from 'node:crypto';

/** What a certificate says (RFC 5280 4.1). The keys are of the curve P-256. */
export interface CertificateOrder {
  /** Common names of whom it is about and of who signs. */
  readonly subject: string;
  readonly issuer: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly publicKey: KeyObject;
  readonly signer: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
  readonly usage: 'server' | 'client' | 'authority';
  readonly dnsNames: readonly string[];
  /** In network order, 4 or 16 bytes each. */
  readonly addresses: readonly Uint8Array[];
  /** Of an authority: it vouches for these alone (RFC 5280 4.2.1.10). */
  readonly permitted?: Pick<CertificateOrder, 'dnsNames' | 'addresses'>;
}

/** A certificate in DER, signed with ECDSA and SHA-256. */
export function makeCertificate(order: CertificateOrder): Buffer {
  const algorithm = sequence(oid(1, 2, 840, 10045, 4, 3, 2));
  const toBeSigned = sequence(
    tlv(0xa0, integer(2)),
    tlv(0x02, serialNumber()),
    algorithm,
    commonName(order.issuer),
    sequence(time(order.notBefore), time(order.notAfter)),
    commonName(order.subject),
    order.publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(...extensions(order))),
  );
  return sequence(toBeSigned, algorithm, bitString(sign('sha256', toBeSigned, order.signer.privateKey)));
}

/** Without a line break at its end. */
export function pemOf(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----'].join('\n');
}

const KEY_USAGE = { digitalSignature: bitString(Buffer.of(0x80), 7), signsCertificates: bitString(Buffer.of(0x06), 1) };

function extensions({ usage, publicKey, signer, dnsNames, addresses, permitted }: CertificateOrder): readonly Buffer[] {
  const isAuthority = usage === 'authority';
  const names = [
    ...dnsNames.map((name) => tlv(0x82, Buffer.from(name, 'latin1'))),
    ...addresses.map((address) => tlv(0x87, address)),
  ];
  return [
    extension(19, sequence(...(isAuthority ? [TRUE] : [])), TRUE),
    extension(15, isAuthority ? KEY_USAGE.signsCertificates : KEY_USAGE.digitalSignature, TRUE),
    extension(14, tlv(0x04, keyIdentifier(publicKey))),
    extension(35, sequence(tlv(0x80, keyIdentifier(signer.publicKey)))),
    ...(isAuthority ? [] : [extension(37, sequence(oid(1, 3, 6, 1, 5, 5, 7, 3, usage === 'client' ? 2 : 1)))]),
    ...(names.length === 0 ? [] : [extension(17, sequence(...names))]),
    ...(permitted ? [extension(30, sequence(tlv(0xa0, ...subtrees(permitted))), TRUE)] : []),
  ];
}

/** Each name, and each address with a mask of ones. */
function subtrees({ addresses, dnsNames }: Pick<CertificateOrder, 'dnsNames' | 'addresses'>): readonly Buffer[] {
  return [
    ...dnsNames.map((name) => sequence(tlv(0x82, Buffer.from(name, 'latin1')))),
    ...addresses.map((address) => sequence(tlv(0x87, Buffer.concat([address, Buffer.alloc(address.length, 0xff)])))),
  ];
}

/** One of `id-ce` (2.5.29). */
function extension(id: number, value: Uint8Array, ...critical: readonly Uint8Array[]): Buffer {
  return sequence(oid(2, 5, 29, id), ...critical, tlv(0x04, value));
}

/** RFC 5280 4.2.1.2: the SHA-1 of the point, with which a P-256 key in SPKI ends. */
function keyIdentifier(key: KeyObject): Buffer {
  const point = key.export({ type: 'spki', format: 'der' }).subarray(-65);
  return createHash('sha1').update(point).digest();
}

function commonName(name: string): Buffer {
  return sequence(tlv(0x31, sequence(oid(2, 5, 4, 3), tlv(0x0c, Buffer.from(name)))));
}

function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  // Positive, and as long as it looks.
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes;
}

const TRUE = tlv(0x01, Buffer.of(0xff));

function sequence(...parts: readonly Uint8Array[]): Buffer {
  return tlv(0x30, ...parts);
}

function integer(value: number): Buffer {
  return tlv(0x02, Buffer.of(value));
}

function bitString(bytes: Uint8Array, unusedBits = 0): Buffer {
  return tlv(0x03, Buffer.of(unusedBits), bytes);
}

/** UTCTime until 2049, GeneralizedTime after (RFC 5280 4.1.2.5). */
function time(date: Date): Buffer {
  const text = date.toISOString().replace(/[-:T]|\.\d+/g, '');
  return date.getUTCFullYear() < 2050 ? tlv(0x17, Buffer.from(text.slice(2))) : tlv(0x18, Buffer.from(text));
}

function oid(first: number, second: number, ...rest: readonly number[]): Buffer {
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const groups = [arc & 0x7f];
    for (let left = arc >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return tlv(0x06, Buffer.from(bytes));
}

/** Tag, length and value of DER (X.690 10.1); at most 65,535 bytes. */
function tlv(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const value = Buffer.concat(parts);
  const { length } = value;
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >>> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...head), value]);
}
