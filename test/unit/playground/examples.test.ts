import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Playground, startPlayground } from '../../../src/core/playground/index.js';
import { runProbe } from '../../../src/core/probe/runProbe.js';
import { resolveText } from '../../../src/core/profile/resolve.js';

const FIRST_PORT = 4480;
/** Examples of what goes wrong, by their first finding. */
const FINDINGS: Readonly<Record<string, string>> = {
  'refused-200.wsprobe': 'upgrade.not-websocket',
  'rejected-4401.wsprobe': 'close.rejected',
  'tls-self-signed.wsprobe': 'tls.self-signed',
};

describe('examples against the playground', () => {
  let playground: Playground;
  let folder: string;
  before(async () => {
    playground = await startPlayground({ port: 0 });
    folder = await mkdtemp(path.join(tmpdir(), 'wsprobe-examples-'));
    const { caPem, client } = playground;
    await writeFile(path.join(folder, 'playground-ca.pem'), caPem);
    await writeFile(path.join(folder, 'playground-client.pem'), `${client.certPem}\n${client.keyPem}\n`);
  });
  after(async () => {
    await playground.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** The port that stands where this one does when a playground starts at 4480. */
  const portOf = (port: number): number => {
    const { ws, tls, tcp, http2, proxies } = playground;
    const hosts = Object.values(tcp).map((address) => `ws://${address}`);
    const doors = [ws, ...Object.values(tls), ...hosts, ...Object.values(http2), ...Object.values(proxies)];
    return Number(new URL(doors[port - FIRST_PORT] ?? 'ws://127.0.0.1:9').port);
  };

  for (const name of readdirSync('examples').filter((file) => file.endsWith('.wsprobe'))) {
    it(`${name}: ${FINDINGS[name] ?? 'healthy'}`, async () => {
      const text = readFileSync(path.join('examples', name), 'utf8')
        .replaceAll(/(?<=127\.0\.0\.1:)\d+/g, (port) => String(portOf(Number(port))))
        .replaceAll('../dist/', './');
      const { plan, problems } = resolveText(text, { env: {}, secrets: {}, baseDir: folder, environment: null });
      assert.ok(plan, JSON.stringify(problems));
      const report = await runProbe(plan);
      const expected = FINDINGS[name];
      // How evenly a busy machine answers is not for an example to say.
      const findings = report.findings.filter(({ id }) => id !== 'latency.unstable');
      assert.equal(findings[0]?.id, expected, JSON.stringify(findings));
      assert.equal(report.verdict, expected === undefined ? 'healthy' : 'down');
    });
  }
});
