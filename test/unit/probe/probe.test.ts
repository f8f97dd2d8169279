import assert from 'node:assert/strict';
import { type Playground, startPlayground } from '../../../src/core/playground/index.js';
import { exitCodeOf } from '../../../src/core/text/exitCode.js';
import { runProbe as runUnchecked } from '../../../src/core/probe/runProbe.js';
import { planFor } from '../../support/plan.js';
import { assertMatchesSchema } from '../../support/reportSchema.js';

const runProbe: typeof runUnchecked = async (plan, options) => {
  const report = await runUnchecked(plan, options);
  assertMatchesSchema(report);
  return report;
};

describe('runProbe', () => {
  let playground: Playground;
  before(async () => {
    playground = await startPlayground({ port: 0 });
  });
  after(() => playground.stop());

  const probe = (path: string, overrides: Parameters<typeof planFor>[1] = {}) =>
    runProbe(planFor(`${playground.ws}${path}`, overrides));

  it('measures every phase of a healthy echo, and says goodbye', async () => {
    const report = await probe('/echo', { message: { send: 'hello', expect: 'echo', samples: 5 } });
    assert.equal(report.verdict, 'healthy');
    assert.equal(exitCodeOf(report), 0);
    assert.deepEqual(
      report.phases.map(({ name, status }) => [name, status]),
      [
        ['dns', 'skipped'],
        ['tcp', 'ok'],
        ['upgrade', 'ok'],
        ['message', 'ok'],
        ['close', 'ok'],
      ],
    );
    let endMs = 0;
    for (const phase of report.phases) {
      assert.ok(phase.startMs >= endMs - 0.001, `${phase.name} begins at ${phase.startMs}, before ${endMs}`);
      endMs = phase.name === 'message' ? 0 : phase.startMs + phase.durationMs;
    }
    assert.equal(report.roundTrips?.mode, 'echo');
    assert.equal(report.roundTrips.samplesMs.length, 5);
    assert.ok(report.roundTrips.samplesMs.every((ms) => ms > 0));
    assert.deepEqual(report.close, {
      code: 1000,
      reason: '',
      initiator: 'client',
      clean: true,
      evidence: 'We sent Close 1000; the peer answered with Close 1000.',
    });
    assert.equal(report.accept?.valid, true);
    assert.equal(report.compression.enabled, true);
    assert.deepEqual(
      report.findings.filter(({ severity }) => severity === 'error'),
      [],
    );
    assert.equal(report.error, null);
    const echoes = report.frames.filter(({ opcode }) => opcode === 1);
    assert.equal(echoes.length, 10);
    assert.deepEqual(echoes[0]?.inflated ?? echoes[0]?.text, { text: 'hello', bytes: 5, truncated: false });
    assert.equal(
      echoes.every(({ inflated }) => inflated?.text === 'hello'),
      true,
    );
  });

  it('pings during the hold when no message is asked for', async () => {
    const report = await probe('/silence');
    assert.equal(report.verdict, 'healthy');
    assert.equal(report.roundTrips?.mode, 'ping');
    assert.ok(!report.phases.some(({ name }) => name === 'message'));
    assert.deepEqual(
      report.frames.map(({ direction, opcode }) => [direction, opcode]),
      [
        ['sent', 9],
        ['received', 10],
        ['sent', 8],
        ['received', 8],
      ],
    );
  });

  it('is down without a round trip where nothing is answered, pings and Close alike', async () => {
    const report = await probe('/no-pong', { timeouts: { closeMs: 30 } });
    assert.equal(report.roundTrips, null);
    assert.equal(report.verdict, 'down');
    assert.equal(report.error?.phase, 'message');
  });

  it('shows request and response as they stood on the wire', async () => {
    const report = await probe('/headers', {
      headers: [
        ['x-TeNaNt', 'acme'],
        ['X-Twice', '1'],
        ['X-Twice', '2'],
      ],
      origin: 'https://app.example.com',
      cookies: { a: '1', b: '2' },
      message: { expect: 'any', samples: 1 },
    });
    const names = report.request?.headers.map(([name]) => name);
    assert.deepEqual(names?.slice(0, 4), ['Host', 'x-TeNaNt', 'X-Twice', 'X-Twice']);
    const value = (name: string) => report.request?.headers.find(([header]) => header === name)?.[1];
    assert.equal(value('Origin'), 'https://app.example.com');
    assert.equal(value('Host'), new URL(playground.ws).host);
    const seen = report.frames.find(({ opcode, direction }) => opcode === 1 && direction === 'received')?.text ?? '';
    assert.match(seen, /x-TeNaNt/);
    assert.match(seen, /a=1; b=2/);
  });

  const auths: [string, Parameters<typeof planFor>[1]][] = [
    ['/auth/bearer', { auth: { type: 'bearer', token: 'playground' } }],
    ['/auth/basic', { auth: { type: 'basic', username: 'user', password: 'pass' } }],
    ['/auth/key', { auth: { type: 'apiKey', name: 'X-Api-Key', value: 'playground', in: 'header' } }],
    ['/auth/key', { auth: { type: 'apiKey', name: 'api_key', value: 'playground', in: 'query' } }],
    ['/auth/subprotocol', { auth: { type: 'subprotocol', token: 'playground', prefix: 'token.' } }],
  ];
  for (const [path, overrides] of auths) {
    const auth = overrides?.auth;
    it(`passes ${path} with ${auth?.type}${auth?.type === 'apiKey' ? ` in the ${auth.in}` : ''}, and is refused without`, async () => {
      const report = await probe(path, overrides);
      assert.equal(report.verdict, 'healthy', JSON.stringify(report.error));
      const refused = await probe(path);
      assert.equal(refused.verdict, 'down');
      assert.equal(exitCodeOf(refused), 3);
    });
  }

  it('keeps the body of a refusal', async () => {
    const report = await probe('/status/401');
    assert.equal(report.response?.status, 401);
    assert.ok((report.response?.body.bytes ?? 0) > 0);
    assert.deepEqual([report.error?.phase, report.verdict, exitCodeOf(report)], ['upgrade', 'down', 3]);
  });

  it('takes a refusal that the profile expects for healthy', async () => {
    const report = await probe('/status/403', { expect: { status: 403 } });
    assert.equal(report.verdict, 'healthy');
    assert.equal(exitCodeOf(report), 0);
  });

  it('is not healthy when the server closes during the hold', async () => {
    const report = await probe('/close/4401?after=0&reason=who', { expect: { holdMs: 3_000 } });
    assert.deepEqual([report.verdict, exitCodeOf(report)], ['down', 1]);
    assert.deepEqual(
      [report.close?.code, report.close?.reason, report.close?.initiator, report.close?.clean],
      [4401, 'who', 'server', true],
    );
    assert.equal(report.phases.find(({ name }) => name === 'message')?.status, 'failed');
  });

  it('is healthy when the server closes with a code that the profile expects', async () => {
    const report = await probe('/close/4401?after=0', { expect: { closeCode: [4401], holdMs: 3_000 } });
    assert.equal(report.verdict, 'healthy');
  });

  it('tells FIN from RST', async () => {
    const fin = await probe('/fin?after=0', { expect: { holdMs: 3_000 } });
    assert.deepEqual([fin.close?.code, fin.close?.initiator], [1006, 'network']);
    assert.match(fin.close?.evidence ?? '', /FIN/);
    const rst = await probe('/rst?after=0', { expect: { holdMs: 3_000 } });
    assert.match(rst.close?.evidence ?? '', /RST/);
  });

  it('does not wait for ever for a reply', async () => {
    const report = await probe('/silence', {
      message: { send: 'x', expect: 'any', samples: 1 },
      timeouts: { messageMs: 20 },
    });
    assert.deepEqual([report.error?.code, exitCodeOf(report)], ['message.no-reply', 1]);
    assert.equal(report.close?.clean, true);
  });

  it('says what came instead of the reply it waited for', async () => {
    const report = await probe('/echo', {
      message: { send: '{"type":"a"}', expect: { jsonPath: '$.type', equals: 'b' }, samples: 1 },
      timeouts: { messageMs: 300 },
    });
    assert.equal(report.error?.code, 'message.mismatch');
  });

  it('ignores what came before it spoke', async () => {
    const report = await probe('/welcome', {
      message: { send: 'x', expect: 'echo', samples: 2 },
      timeouts: { messageMs: 200 },
    });
    assert.ok(report.frames.length > 0);
    assert.ok(['healthy', 'down'].includes(report.verdict));
  });

  const trickles = ['/trickle?ms=5&part=status', '/trickle?ms=5&part=headers', '/never', '/endless-headers'];
  for (const path of trickles) {
    it(`ends ${path} at its own deadline or limit`, async () => {
      const report = await probe(path, { timeouts: { upgradeMs: 60 } });
      assert.deepEqual([report.verdict, report.error?.phase], ['down', 'upgrade']);
    });
  }

  it('caps an endless body', async () => {
    const report = await probe('/endless-body?status=404');
    assert.equal(report.response?.status, 404);
    assert.equal(report.response.body.truncated, true);
    assert.ok(report.response.body.text.length <= 65_536);
  });

  it('refuses a declared terabyte at its header', async () => {
    const report = await probe('/declared?bytes=1099511627776', { expect: { holdMs: 3_000 } });
    assert.equal(report.error?.code, 'limit.message-size');
  });

  it('leaves no socket behind when cancelled in the middle of a phase', async () => {
    const controller = new AbortController();
    const report = await runProbe(planFor(`${playground.ws}/never`), {
      signal: controller.signal,
      onProgress: ({ running }) => running === 'upgrade' && setImmediate(() => controller.abort()),
    });
    assert.equal(report.error?.code, 'cancelled');
    assert.equal(exitCodeOf(report), 130);
  });

  it('tells its phases while it runs', async () => {
    const seen: (string | null)[] = [];
    await runProbe(planFor(`${playground.ws}/echo`), { onProgress: ({ running }) => seen.push(running) });
    assert.deepEqual(
      seen.filter((name, index) => name !== null && name !== seen[index - 1]),
      ['dns', 'tcp', 'upgrade', 'close'],
    );
  });

  it('asks again in TLS when plain HTTP is hung up on', async () => {
    const report = await runProbe(planFor(playground.wss.replace('wss:', 'ws:')));
    assert.deepEqual(
      report.findings.map(({ id }) => id),
      ['tls.required'],
    );
    const crashed = await probe('/fin-before-response');
    assert.deepEqual(
      crashed.findings.map(({ id }) => id),
      ['upgrade.closed'],
    );
  });

  it('never sends a packet to a guarded address', async () => {
    const report = await runProbe(planFor('ws://169.254.169.254/latest'), {
      network: { lookup: () => assert.fail('no lookup'), connect: () => assert.fail('no packet may leave') },
    });
    assert.deepEqual([report.findings[0]?.id, exitCodeOf(report)], ['guard.metadata-address', 3]);
  });

  it('judges the budgets of a phase, of the round trips and of the whole', async () => {
    const slow = await probe('/slow-upgrade?ms=30', {
      expect: { budgets: { upgrade: { degradedMs: 5, downMs: null } } },
    });
    assert.equal(slow.verdict, 'degraded');
    assert.equal(exitCodeOf(slow), 0);
    assert.equal(exitCodeOf(slow, { strict: true }), 1);
    assert.deepEqual(slow.phases.find(({ name }) => name === 'upgrade')?.budget, { degradedMs: 5, downMs: null });
    const down = await probe('/slow-upgrade?ms=30', { expect: { budgets: { upgrade: { degradedMs: 1, downMs: 5 } } } });
    assert.deepEqual([down.verdict, down.error?.code, exitCodeOf(down)], ['down', 'budget.exceeded', 1]);
    const total = await probe('/slow-upgrade?ms=30', {
      expect: { budgets: { total: { degradedMs: 5, downMs: null } } },
    });
    assert.equal(total.verdict, 'degraded');
  });
});

describe('runProbe over TLS', () => {
  let playground: Playground;
  before(async () => {
    playground = await startPlayground({ port: 0 });
  });
  after(() => playground.stop());

  it('shows the chain, the protocol and the cipher of a trusted server', async () => {
    const report = await runProbe(planFor(`${playground.wss}/echo`, { tls: { ca: [playground.caPem] } }));
    assert.equal(report.verdict, 'healthy', JSON.stringify(report.error));
    assert.deepEqual(
      report.phases.map(({ name, status }) => [name, status]),
      [
        ['dns', 'skipped'],
        ['tcp', 'ok'],
        ['tls', 'ok'],
        ['upgrade', 'ok'],
        ['close', 'ok'],
      ],
    );
    assert.equal(report.tls?.authorized, true);
    assert.equal(report.tls.protocol, 'TLSv1.3');
    assert.equal(report.tls.chain.length, 2);
    assert.ok(report.tls.chain[0]?.altNames.some((name) => name.includes('localhost')));
  });

  it('shows the chain of a certificate that it refuses, before a byte of HTTP', async () => {
    const before = playground.requests;
    const report = await runProbe(planFor(`${playground.tls['expired']}/echo`, { tls: { ca: [playground.caPem] } }));
    assert.deepEqual([report.error?.code, exitCodeOf(report)], ['CERT_HAS_EXPIRED', 3]);
    assert.ok((report.tls?.chain[0]?.daysLeft ?? 0) < 0);
    assert.equal(report.request, null);
    assert.equal(playground.requests, before);
  });

  it('goes on where verification is off, and warns', async () => {
    const report = await runProbe(planFor(`${playground.tls['expired']}/echo`, { tls: { rejectUnauthorized: false } }));
    assert.equal(report.verdict, 'healthy');
    assert.deepEqual(report.findings.map(({ id, severity }) => [id, severity])[0], ['tls.verification-off', 'warning']);
    assert.equal(report.tls?.authorized, false);
  });

  it('blames TLS for a client certificate that is asked for after the handshake', async () => {
    const report = await runProbe(
      planFor(`${playground.tls['clientCertificate']}/echo`, { tls: { ca: [playground.caPem] } }),
    );
    assert.deepEqual([report.error?.phase, report.findings[0]?.id], ['tls', 'tls.client-certificate-required']);
  });

  it('presents the client certificate of the profile', async () => {
    const { certPem, keyPem } = playground.client;
    const report = await runProbe(
      planFor(`${playground.tls['clientCertificate']}/echo`, {
        tls: { ca: [playground.caPem], cert: certPem, key: keyPem },
      }),
    );
    assert.equal(report.verdict, 'healthy', JSON.stringify(report.error));
  });

  it('names the file that cannot be read', async () => {
    const report = await runProbe(planFor(`${playground.wss}/echo`, { tls: { ca: ['./no-such-ca.pem'] } }));
    assert.equal(report.error?.code, 'profile.unreadable-file');
    assert.match(report.error?.message ?? '', /tls\.ca.*no-such-ca\.pem/);
    assert.equal(exitCodeOf(report), 2);
  });
});
