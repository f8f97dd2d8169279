import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { runProbe } from '../../../src/core/probe/runProbe.js';
import { planFor } from '../../support/plan.js';

const noList = existsSync('/proc/net/tcp6') ? '' : ' (skipped: this system lists no sockets in /proc, or has no IPv6)';

describe('loopback that refuses', () => {
  const cases = [
    { listening: '::1', asked: '127.0.0.1', told: '[::1]' },
    { listening: '127.0.0.1', asked: '[::1]', told: '127.0.0.1' },
  ];
  for (const { listening, asked, told } of cases) {
    it(`is told who listens on ${listening} alone, and nobody is asked there${noList}`, async function () {
      if (noList !== '') this.skip();
      const server = createServer().listen(0, listening);
      await once(server, 'listening');
      let visits = 0;
      server.on('connection', () => visits++);
      const { port } = server.address() as AddressInfo;
      const { findings, looks } = await runProbe(planFor(`ws://${asked}:${port}/feed?a=1`));
      server.close();
      assert.equal(findings[0]?.id, 'tcp.refused');
      assert.ok(findings[0].title.includes(`but something does on ${told}:${port}: `), findings[0].title);
      assert.deepEqual(JSON.parse(findings[0].fixes[0]?.snippet ?? ''), { url: `ws://${told}:${port}/feed?a=1` });
      assert.equal(looks, undefined);
      assert.equal(visits, 0);
    });
  }

  it('says nothing of another where nobody listens', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    const { findings } = await runProbe(planFor(`ws://127.0.0.1:${port}/`));
    assert.match(findings[0]?.title ?? '', /: the connection was refused\.$/);
  });
});
