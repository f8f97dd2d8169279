import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Report } from '../../../src/core/base/model.js';

const UPGRADE_MS = 300;
/** Longer than the deadline, and than the budget. */
const STOPPED_MS = 1_500;

describe('a probe whose process is stopped', function () {
  if (process.platform === 'win32') return;
  const sockets = new WebSocketServer({ noServer: true });
  const server = createServer();
  let child: ChildProcess | null = null;
  before((done) => void server.listen(0, '127.0.0.1', done));
  after(() => {
    child?.kill('SIGKILL');
    server.close();
    for (const client of sockets.clients) client.terminate();
  });

  it('blames nobody for an answer that came meanwhile', async () => {
    const { port } = server.address() as AddressInfo;
    server.once('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      child?.kill('SIGSTOP');
      setTimeout(() => child?.kill('SIGCONT'), STOPPED_MS);
      sockets.handleUpgrade(request, socket, head, () => {});
    });
    const script = new URL('./probeChild.ts', import.meta.url);
    child = fork(script, [`ws://127.0.0.1:${port}/`, String(UPGRADE_MS)], { execArgv: ['--import', 'tsx'] });
    const [{ findings, verdict }] = (await once(child, 'message')) as [Report];
    assert.deepEqual([verdict, findings[0]?.id], ['degraded', 'budget.exceeded']);
    assert.match(findings[0]?.evidence.join('\n') ?? '', /Nothing of wsprobe ran on this machine for 1\.\d+ s of it/);
    assert.match(findings[0]?.explanation ?? '', /This machine was too busy, or the process was stopped/);
  });
});
