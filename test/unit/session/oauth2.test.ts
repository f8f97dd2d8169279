import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LiveSource } from '../../../src/core/session/liveSource.js';
import { planFor } from '../../support/plan.js';
import { tokenAnswer, TokenServer } from '../../support/tokenServer.js';
import { UpgradeServer } from '../../support/upgradeServer.js';

describe('a session with auth: oauth2', () => {
  it('knows the token to be secret before the server can repeat it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wsprobe-'));
    const endpoint = await TokenServer.start(() => tokenAnswer('canary-of-session'));
    const server = await UpgradeServer.start((visit) => {
      void visit.accept().then((socket) => {
        socket.send(`hello ${visit.headers.authorization}`, () => socket.close(1008, 'bye canary-of-session'));
      });
    });
    const auth = { type: 'oauth2', tokenUrl: endpoint.url, clientId: 'cli', clientSecret: 'hidden' } as const;
    let ended = () => {};
    const over = new Promise<void>((resolve) => {
      ended = resolve;
    });
    const source: LiveSource = new LiveSource({
      sessionId: 's1',
      plan: planFor(server.url(), { auth }),
      vantage: { host: 'here', remote: null },
      budget: { memoryBytes: 1 << 20, diskBytes: 0 },
      spillDir: null,
      onChange: () => source.session.state === 'closed' && ended(),
    });
    const file = join(folder, 'live.wsrec');
    try {
      await source.open(file);
      if (source.session.state !== 'closed') await over;
      assert.equal(source.report?.credentials?.status, 200);
      assert.ok(source.secrets.includes('canary-of-session'));
      assert.doesNotMatch(JSON.stringify([source.report, source.snapshot()]), /canary/);
      await source.dispose();
      const recorded = readFileSync(file, 'utf8');
      assert.match(recorded, /"direction":"received"/);
      assert.doesNotMatch(recorded, /canary/);
      assert.ok(!recorded.includes(Buffer.from('canary-of-s').toString('base64').slice(0, 12)));
    } finally {
      await source.dispose();
      await server.stop();
      await endpoint.stop();
      rmSync(folder, { recursive: true });
    }
  });
});
