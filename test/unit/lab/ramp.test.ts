import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fc from 'fast-check';
import { useOfFiles } from '../../../src/core/lab/experiments/ramp.js';
import { ByteServer, closeFrame } from '../../support/byteServer.js';
import { experiment, findingIds } from '../../support/experiments.js';
import { UpgradeServer, type Visit } from '../../support/upgradeServer.js';

/** A server in a process of its own: tells its port, and opens whatever asks. */
const SERVER = `
const { createHash } = require('node:crypto');
const server = require('node:http').createServer();
server.on('upgrade', ({ headers }, socket) => {
  const accept = createHash('sha1').update(headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest('base64');
  socket.on('error', () => {});
  socket.write('HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Accept: ' + accept + '\\r\\n\\r\\n');
});
server.on('error', () => {});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;

describe('useOfFiles', () => {
  it('tells where the marks are, by what a connection takes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 2_000, max: 100_000 }),
        (before, each, open, fileLimit) => {
          const facts = (files: number) => ({ files, fileLimit, memoryBytes: null });
          const { marks, percent, perConnection } = useOfFiles([
            { open: 0, facts: facts(before) },
            { open, facts: facts(before + open * each) },
            { open: 1, facts: facts(before + each) },
          ]);
          assert.equal(perConnection, each);
          assert.ok(Math.abs((percent ?? 0) - ((before + open * each) / fileLimit) * 100) < 1e-9);
          for (const [index, mark] of [0.8, 0.95].entries()) {
            const at = marks[index] ?? 0;
            assert.ok(before + at * each <= fileLimit * mark && before + (at + 1) * each > fileLimit * mark - 1e-6);
          }
        },
      ),
    );
  });

  it('knows nothing where the system tells nothing', () => {
    const facts = { files: null, fileLimit: null, memoryBytes: null };
    assert.deepEqual(useOfFiles([{ open: 0, facts }]), { perConnection: null, marks: [null, null], percent: null });
    assert.equal(useOfFiles([]).percent, null);
  });
});

describe('lab ramp', () => {
  const cleanups: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    await Promise.all(cleanups.splice(0).map((cleanup) => cleanup()));
  });
  const serve = async (onVisit?: (visit: Visit, count: number) => void) => {
    let count = 0;
    const server = await UpgradeServer.start((visit) => {
      count += 1;
      if (onVisit) onVisit(visit, count);
      else void visit.accept();
    });
    cleanups.push(() => server.stop());
    return server;
  };

  it('passes where all stand, and knows what the server takes by its process', async () => {
    const server = await serve();
    const record = await experiment('ramp', server.url(), { connections: 12, forMs: 20, pid: process.pid });
    assert.equal(record.verdict, 'pass', record.conclusion);
    assert.deepEqual([record.numbers['peak'], record.numbers['limit']], [12, null]);
    assert.match(record.conclusion, /^All 12 connections stood at a time/);
    if (process.platform === 'linux') {
      // Both ends of each connection are files of this process.
      assert.ok((record.numbers['serverFilesPerConnection'] ?? 0) >= 1.5, JSON.stringify(record.numbers));
      assert.ok((record.numbers['serverFiles80AtConnections'] ?? 0) > 12);
    }
  });

  it('names a limit by status', async () => {
    const server = await serve((visit, count) => (count > 8 ? visit.refuse(429) : void visit.accept()));
    const record = await experiment('ramp', server.url(), { connections: 40, forMs: 20 });
    assert.equal(record.verdict, 'warn', record.conclusion);
    assert.deepEqual([record.numbers['limit'], record.findings[0]?.id], [8, 'lab.connection-limit']);
    assert.match(record.conclusion, /turned away: status 429/);
    assert.match(record.findings[0]?.explanation ?? '', /a limit by address, user or token/);
    assert.ok(server.asked.length < 40, `${server.asked.length}`);
  });

  const impatient = { timeouts: { closeMs: 200 } };

  it('names a limit by refusal, and by a Close right after the opening', async () => {
    const refusing: ByteServer = await ByteServer.start((connection) => ({
      onOpen: () => connection === 4 && refusing.refuseMore(),
    }));
    cleanups.push(() => refusing.stop());
    const refused = await experiment('ramp', refusing.url(), { connections: 60, forMs: 20 }, impatient);
    assert.match(refused.conclusion, /turned away: .*\(ECONN(REFUSED|RESET)\)/);
    const closing = await ByteServer.start((connection) => ({
      onOpen: (socket) => connection > 4 && socket.end(closeFrame(1013, 'full')),
    }));
    cleanups.push(() => closing.stop());
    const closed = await experiment('ramp', closing.url(), { connections: 60, forMs: 20 }, impatient);
    assert.deepEqual(findingIds(closed), ['lab.connection-limit'], closed.conclusion);
    assert.match(closed.findings[0]?.evidence.join('\n') ?? '', /Close 1013 "full"/);
  });

  it('sees a server run out of files, by its process', async function () {
    if (process.platform !== 'linux') this.skip();
    const server = spawn('sh', ['-c', 'ulimit -n 60 && exec "$0" -e "$1"', process.execPath, SERVER]);
    cleanups.push(async () => {
      server.kill('SIGKILL');
      await once(server, 'exit');
    });
    const [port] = (await once(server.stdout, 'data')) as [Buffer];
    const url = `ws://127.0.0.1:${port.toString().trim()}/`;
    const settings = { connections: 60, forMs: 20, pid: server.pid ?? 0 };
    const record = await experiment('ramp', url, settings, { timeouts: { upgradeMs: 500, closeMs: 200 } });
    assert.equal(record.verdict, 'fail', record.conclusion);
    assert.deepEqual(findingIds(record), ['lab.connection-limit', 'lab.descriptors']);
    assert.ok((record.numbers['serverFilesPercent'] ?? 0) >= 95, JSON.stringify(record.numbers));
    assert.ok((record.numbers['serverMemoryPerConnectionBytes'] ?? -1) >= 0);
    assert.ok((record.numbers['limit'] ?? 60) < 60);
  });

  it('wants a process that is there', async () => {
    await assert.rejects(experiment('ramp', 'ws://127.0.0.1:9/', { pid: 4_194_303 }), /no process has the id/);
  });
});
