import assert from 'node:assert/strict';
import type { Certificate, Report } from '../../../src/core/base/model.js';
import { runProbe } from '../../../src/core/probe/runProbe.js';
import { LOCAL, type MadeCertificate, makeCertificate, patchCertificate } from '../../support/certificates.js';
import { planFor } from '../../support/plan.js';
import { assertMatchesSchema } from '../../support/reportSchema.js';
import { startTlsServer } from '../../support/tlsServer.js';

const FIELDS = ['CN', 'O', 'OU', 'L', 'ST', 'T', 'G', 'SN', 'I'];
const HOSTILE: readonly (readonly [name: string, text: string])[] = [
  ['a NUL', 'good.example\0.evil.example'],
  ['escapes', '\u001b[31mred\u001b]8;;http://evil.example\u0007link\u001b]8;;\u0007\u009b2J'],
  ['bidi', 'safe\u202egpj.exe\u2066\u2069\u200f'],
  ['line breaks', 'first\r\nX-Injected: yes\u2028third\n'],
  ['HTML', '<img src=x onerror=alert(1)></script><script>alert(2)</script>'],
  ['another attribute', 'a, CN=bank.example/CN=bank.example\nCN=bank.example'],
  ['7 KB', 'x'.repeat(7_000)],
];
/** C0, C1, DEL, bidirectional and zero-width, line separators, lone surrogates. */
const UNSAFE = /[\0-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\p{Cs}/u;

describe('certificates of a hostile server', () => {
  let authority: MadeCertificate;
  before(async () => {
    authority = await makeCertificate({ name: [{ CN: ['test authority'] }], authority: true });
  });

  /** Both ways: with verification off, which goes on, and on, which stops at the certificate. */
  const probeBoth = async (cert: string, key: string, check: (report: Report) => void) => {
    const server = await startTlsServer({ cert, key });
    try {
      for (const rejectUnauthorized of [false, true]) {
        const tls = { ca: [authority.certPem], rejectUnauthorized };
        const report = await runProbe(planFor(server.url, { tls, expect: { certificateDaysLeft: 14 } }));
        assertMatchesSchema(report);
        assertPlain(report);
        check(report);
      }
    } finally {
      await server.stop();
    }
  };

  for (const [name, text] of HOSTILE) {
    it(`${name} in every field of the names: shown bounded and plain`, async () => {
      const fields = FIELDS.map((field) => ({ [field]: [text] }));
      const hostile = await makeCertificate({
        name: [{ CN: ['leaf'] }, ...fields],
        altNames: [...LOCAL, { type: 'dns', value: ascii(text) }, { type: 'url', value: `http://${ascii(text)}` }],
        issuer: authority,
      });
      await probeBoth(hostile.certPem, hostile.keyPem, (report) => {
        const [leaf] = report.tls?.chain ?? [];
        assert.equal(report.verdict, 'healthy', JSON.stringify(report.error));
        assert.match(leaf?.subject ?? '', /^CN=leaf, CN=/);
        assert.doesNotMatch(leaf?.subject ?? '', /(^|[,\n/]\s*)CN=bank/);
        assert.deepEqual(leaf?.altNames.slice(0, 2), ['DNS:localhost', 'IP Address:127.0.0.1']);
        assert.equal(leaf?.altNames.length, 4, JSON.stringify(leaf?.altNames).slice(0, 400));
      });
    });
  }

  it('a self-signed one with all of it: refused, and its findings are plain too', async () => {
    const name = HOSTILE.map(([, text]) => ({ CN: [text] }));
    const hostile = await makeCertificate({ name, altNames: [{ type: 'dns', value: ascii(HOSTILE[5]?.[1] ?? '') }] });
    await probeBoth(hostile.certPem, hostile.keyPem, (report) => {
      assert.equal(report.tls?.authorized, false);
      assert.ok(report.findings.length > 0);
    });
  });

  it('64 KB of names: the first hundred', async () => {
    const altNames = Array.from({ length: 3_000 }, (_, index) => ({
      type: 'dns' as const,
      value: `host-${index}.example.com`,
    }));
    const many = await makeCertificate({
      name: [{ CN: ['many'] }],
      altNames: [...altNames, ...LOCAL],
      issuer: authority,
    });
    assert.ok(many.certificate.rawData.byteLength > 65_536);
    await probeBoth(many.certPem, many.keyPem, (report) => {
      assert.equal(report.tls?.authorized, true);
      assert.equal(report.tls?.chain[0]?.altNames.length, 100);
      assert.equal(report.tls?.chain[0]?.altNames[99], 'DNS:host-99.example.com');
    });
  });

  for (const length of [20, 60]) {
    it(`a chain of ${length}: the first twenty`, async () => {
      const chain = [authority];
      for (let depth = 1; depth < length; depth++) {
        const issuer = chain[0] ?? authority;
        chain.unshift(
          await makeCertificate({
            name: [{ CN: [depth === length - 1 ? 'leaf' : `intermediate ${depth}`] }],
            authority: depth < length - 1,
            issuer,
            ...(depth === length - 1 ? { altNames: LOCAL } : {}),
          }),
        );
      }
      const pem = chain.map(({ certPem }) => certPem).join('\n');
      await probeBoth(pem, chain[0]?.keyPem ?? '', (report) => {
        assert.equal(report.verdict, 'healthy', JSON.stringify(report.error));
        assert.equal(report.tls?.chain.length, 20);
        assert.equal(report.tls?.chain[0]?.subject, 'CN=leaf');
      });
    });
  }

  it('more certificates than OpenSSL takes: the handshake has failed', async () => {
    const extra = Array.from({ length: 40 }, (_, index) => ({
      type: 'dns' as const,
      value: `${index}.${'x'.repeat(60)}.example`,
    }));
    const leaf = await makeCertificate({ name: [{ CN: ['leaf'] }], altNames: LOCAL, issuer: authority });
    const bulk = await makeCertificate({ name: [{ CN: ['bulk'] }], altNames: extra });
    const pem = [leaf.certPem, ...Array<string>(40).fill(bulk.certPem)].join('\n');
    await probeBoth(pem, leaf.keyPem, (report) => {
      assert.equal(report.error?.phase, 'tls');
      assert.equal(report.error?.message, 'SSL routines: excessive message size');
      assert.ok(report.findings.length > 0);
    });
  });

  it('an empty subject', async () => {
    const nameless = await makeCertificate({ name: [], altNames: LOCAL, issuer: authority });
    await probeBoth(nameless.certPem, nameless.keyPem, (report) => {
      assert.equal(report.verdict, 'healthy', JSON.stringify(report.error));
      assert.equal(report.tls?.chain[0]?.subject, '');
    });
  });

  describe('dates', () => {
    const show = ({ validFrom, validTo, daysLeft }: Certificate) => ({ validFrom, validTo, left: Math.sign(daysLeft) });
    /** GeneralizedTime as it stands in the certificate, and what is shown. */
    const DATES: readonly (readonly [from: string, to: string, shown: ReturnType<typeof show>])[] = [
      [
        '00000101000000Z',
        '00490101000000Z',
        { validFrom: '0000-01-01T00:00:00.000Z', validTo: '0049-01-01T00:00:00.000Z', left: -1 },
      ],
      [
        '20550101000000Z',
        '99991231235959Z',
        { validFrom: '2055-01-01T00:00:00.000Z', validTo: '9999-12-31T23:59:59.000Z', left: 1 },
      ],
      ['99999999999999Z', '-0010101000000Z', { validFrom: '', validTo: '', left: 0 }],
      ['20560230000000Z', 'no date at all!', { validFrom: '', validTo: '', left: 0 }],
    ];
    for (const [from, to, shown] of DATES) {
      it(`from ${from} to ${to}`, async () => {
        const made = await makeCertificate({
          name: [{ CN: ['dated'] }],
          altNames: LOCAL,
          issuer: authority,
          notBefore: new Date('2061-02-03T04:05:06Z'),
          notAfter: new Date('2062-02-03T04:05:06Z'),
        });
        const pem = patchCertificate(patchCertificate(made.certPem, '20610203040506Z', from), '20620203040506Z', to);
        await probeBoth(pem, made.keyPem, (report) => {
          const [leaf] = report.tls?.chain ?? [];
          assert.ok(leaf, JSON.stringify(report.error));
          assert.deepEqual(show(leaf), shown);
          assert.equal(report.tls?.authorized, false);
        });
      });
    }
  });
});

/** What an IA5String can hold of it. */
function ascii(text: string): string {
  return text.replace(/[^\0-\x7f]/g, '?').slice(0, 2_000);
}

function assertPlain(report: Report): void {
  const walk = (value: unknown, path: string): void => {
    if (typeof value === 'string') {
      assert.doesNotMatch(value, UNSAFE, `${path}: ${JSON.stringify(value.slice(0, 200))}`);
      assert.ok(value.length <= 2_000, `${path} has ${value.length} characters`);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, item] of Object.entries(value)) walk(item, `${path}.${key}`);
    }
  };
  walk(report.tls, 'tls');
  walk(report.error, 'error');
  for (const { title, evidence } of report.findings) walk({ title, evidence }, 'findings');
}
