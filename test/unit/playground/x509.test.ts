import assert from 'node:assert/strict';
import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
// The second opinion asks for this before it is loaded itself.
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { makeCertificates } from '../../../src/core/playground/certificates.js';
import { makeCertificate } from '../../../src/core/base/x509.js';

const read = (der: Uint8Array) => new x509.X509Certificate(new Uint8Array(der));

describe('certificates of our own making', () => {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const order = {
    subject: 'Grüße',
    issuer: 'Grüße',
    notBefore: new Date('2026-01-02T03:04:05.678Z'),
    notAfter: new Date('2051-02-03T04:05:06Z'),
    publicKey: keys.publicKey,
    signer: keys,
    usage: 'server',
    dnsNames: ['localhost', `${'a'.repeat(60)}.example`],
    addresses: [Uint8Array.of(127, 0, 0, 1), new Uint8Array(16).fill(1, 15)],
  } as const;

  it('say to OpenSSL what was ordered', () => {
    const certificate = new X509Certificate(makeCertificate(order));
    assert.equal(certificate.subject, 'CN=Grüße');
    assert.equal(new Date(certificate.validFrom).toISOString(), '2026-01-02T03:04:05.000Z');
    assert.equal(new Date(certificate.validTo).toISOString(), '2051-02-03T04:05:06.000Z');
    assert.equal(
      certificate.subjectAltName,
      `DNS:localhost, DNS:${'a'.repeat(60)}.example, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1`,
    );
    assert.deepEqual(certificate.keyUsage, ['1.3.6.1.5.5.7.3.1']);
    assert.equal(certificate.ca, false);
    assert.ok(certificate.verify(keys.publicKey));
    assert.ok(certificate.checkPrivateKey(keys.privateKey));
  });

  it('say the same to another reader, extension by extension', () => {
    const authority = read(makeCertificate({ ...order, usage: 'authority', dnsNames: [], addresses: [] }));
    assert.deepEqual(
      Array.from(authority.extensions, ({ type, critical }) => [type, critical]),
      [
        ['2.5.29.19', true],
        ['2.5.29.15', true],
        ['2.5.29.14', false],
        ['2.5.29.35', false],
      ],
    );
    assert.equal(authority.getExtension(x509.BasicConstraintsExtension)?.ca, true);
    const { keyCertSign, cRLSign, digitalSignature } = x509.KeyUsageFlags;
    assert.equal(authority.getExtension(x509.KeyUsagesExtension)?.usages, keyCertSign | cRLSign);
    const leaf = read(makeCertificate({ ...order, usage: 'client' }));
    assert.equal(leaf.getExtension(x509.KeyUsagesExtension)?.usages, digitalSignature);
    assert.deepEqual([...(leaf.getExtension(x509.ExtendedKeyUsageExtension)?.usages ?? [])], ['1.3.6.1.5.5.7.3.2']);
    const own = leaf.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId;
    assert.equal(leaf.getExtension(x509.AuthorityKeyIdentifierExtension)?.keyId, own);
  });

  it('have serial numbers that are positive and new each time', () => {
    const serials = Array.from({ length: 50 }, () => new X509Certificate(makeCertificate(order)).serialNumber);
    assert.equal(new Set(serials).size, serials.length);
    for (const serial of serials) assert.match(serial, /^[4-7][0-9A-F]{31}$/);
  });

  it('chain: each of the playground is signed by the authority that it names', async () => {
    const made = await makeCertificates();
    const authority = new X509Certificate(made.caPem);
    assert.ok(authority.ca);
    assert.ok(authority.verify(authority.publicKey));
    for (const { certPem, keyPem } of [made.good, made.expired, made.wrongName, made.client]) {
      const leaf = new X509Certificate(certPem);
      assert.ok(leaf.checkIssued(authority));
      assert.ok(leaf.verify(authority.publicKey));
      assert.ok(leaf.checkPrivateKey(createPrivateKey(keyPem)));
    }
    assert.ok(!new X509Certificate(made.missingIntermediate.certPem).checkIssued(authority));
    const selfSigned = new X509Certificate(made.selfSigned.certPem);
    assert.ok(selfSigned.verify(selfSigned.publicKey));
  });
});
