import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';
import { askingBare, bareClient } from '../../autobahn/bareClient.js';
import { allCases, type FuzzingServer, startFuzzingServer } from '../../autobahn/fuzzingServer.js';
import { ourClient } from '../../autobahn/ourClient.js';
import { type CaseResult, matcher, runSuite } from '../../autobahn/runSuite.js';
import { describeSummary, hasFailed } from '../../autobahn/summary.js';
import { WireAudit } from '../../autobahn/wireAudit.js';
import { encodeFrame } from '../../../src/core/frames/frameEncoder.js';
import { RawClient } from '../../support/rawClient.js';
import { FrameDecoder } from '../../../src/core/frames/frameDecoder.js';
import { acceptOf } from '../../../src/core/playground/upgrade.js';

const CHAPTERS = [1, 2, 3, 4, 5, 6, 7, 9, 10, 12, 13];
/** Better first. */
const RANKS = ['OK', 'NON-STRICT', 'INFORMATIONAL', 'FAILED'];
const DEADLINE_MS = 20_000;
/** By bare ws: a thousand pings at once, more than 16384 fragments. */
const GIVEN_UP = ['2.12', '9.3.1', '9.3.2', '9.4.1', '9.4.2'];

describe('the cases of a fuzzing server', () => {
  let server: FuzzingServer;
  let ours: CaseResult[];
  let bare: CaseResult[];
  before(async function () {
    this.timeout(600_000);
    server = await startFuzzingServer();
    const shared = { url: server.url, cases: [], deadlineMs: DEADLINE_MS };
    ours = await runSuite({ ...shared, client: askingBare(ourClient), agent: 'ours' });
    // It need not answer better where a session answers as well as can be.
    const unlike = ours.filter(({ behavior }) => behavior !== 'OK').map(({ id }) => id);
    bare = await runSuite({ ...shared, cases: [...unlike, ...GIVEN_UP], client: bareClient, agent: 'bare' });
  });
  after(() => server.stop());

  for (const chapter of CHAPTERS) {
    it(`${chapter}: a session answers as well as bare ws, and the wire decoder agrees with ws`, async () => {
      const inChapter = ({ id }: { readonly id: string }) => id.split('.')[0] === String(chapter);
      const mine = ours.filter(inChapter);
      assert.equal(mine.length, server.cases.filter(inChapter).length);
      for (const { id, behavior, behaviorClose, disagreements } of mine) {
        const why = `${id}: ${(await server.resultOf('ours', id))?.why ?? 'never run'}`;
        assert.notEqual(behavior, 'FAILED', why);
        const other = behavior === 'OK' ? behavior : (bare.find((result) => result.id === id)?.behavior ?? '');
        assert.ok(RANKS.indexOf(behavior) <= RANKS.indexOf(other), `${why}: ${behavior}, bare ${other}`);
        assert.match(behaviorClose, /^(OK|INFORMATIONAL)$/, why);
        assert.deepEqual(disagreements, [], id);
      }
    });
  }

  it('a session answers what bare ws gives up', () => {
    const failed = bare.filter(({ behavior }) => behavior === 'FAILED').map(({ id }) => id);
    assert.deepEqual(failed, GIVEN_UP);
  });

  it('sums up by chapter', () => {
    const [head = '', ...lines] = describeSummary(ours).split('\n');
    assert.match(head, /chapter +OK +NON-STRICT +INFORMATIONAL +UNIMPLEMENTED +NOT TOLD +FAILED +wire differs +cases$/);
    const rows = lines.map((line) => line.trim().split(/\s+/));
    assert.deepEqual(
      rows.map(([name]) => name),
      [...CHAPTERS.map(String), 'all'],
    );
    assert.deepEqual(rows.at(-1)?.slice(-5), ['0', '0', '0', '0', String(ours.length)]);
  });

  it('ends a case that never ends, at its deadline and when cancelled', async () => {
    const mute = createServer((socket) => {
      socket.on('error', () => {});
      socket.on('end', () => socket.destroy());
      socket.on('data', (chunk: Buffer) => {
        const key = /sec-websocket-key: (\S+)/i.exec(chunk.toString('latin1'))?.[1];
        if (key === undefined) return;
        const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
        socket.write(`${[...lines, `Sec-WebSocket-Accept: ${acceptOf(key)}`].join('\r\n')}\r\n\r\n`);
      });
    }).listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const url = `ws://127.0.0.1:${(mute.address() as AddressInfo).port}`;
    for (const client of [ourClient, bareClient]) {
      const late = await client.run(url, { deadlineMs: 50, signal: undefined, echo: true });
      assert.equal(late.ended, 'nothing came for 50 ms', client.name);
      const abort = new AbortController();
      const cancelled = client.run(url, { deadlineMs: DEADLINE_MS, signal: abort.signal, echo: true });
      abort.abort();
      assert.equal((await cancelled).ended, 'cancelled', client.name);
    }
    const nobody = { url, agent: 'x', cases: [], client: ourClient, deadlineMs: 50 };
    await assert.rejects(runSuite(nobody), /is it a fuzzing server\?/);
    mute.close();
  });

  it('fails a client that takes a fault and says nothing', async () => {
    const strict = await startFuzzingServer(
      server.cases.filter(({ id }) => id === '5.8'),
      50,
    );
    const client = await RawClient.connect(strict.url);
    client.sendUpgrade('/runCase?case=1&agent=mute');
    await client.ended();
    const result = await strict.resultOf('mute', '5.8');
    await strict.stop();
    assert.deepEqual([result?.behavior, result?.behaviorClose], ['FAILED', 'UNCLEAN']);
  });

  it('takes from the report of the server what its answers do not tell, and says so where nobody does', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'wsprobe-autobahn-'));
    const few = await startFuzzingServer(server.cases.slice(0, 3), 20_000, ({ behavior }) => ({ behavior }));
    const shared = { url: few.url, cases: [], client: bareClient, agent: 'plain', deadlineMs: DEADLINE_MS };
    const untold = await runSuite(shared);
    assert.deepEqual(
      untold.map(({ behavior, behaviorClose }) => [behavior, behaviorClose]),
      untold.map(() => ['OK', 'NOT TOLD']),
    );
    assert.equal(untold.some(hasFailed), false);
    const report = join(folder, 'index.json');
    const judged = untold.map(({ id }, index) => [
      id,
      { behavior: 'OK', behaviorClose: index === 1 ? 'UNCLEAN' : 'OK' },
    ]);
    await writeFile(report, JSON.stringify({ plain: Object.fromEntries(judged) }));
    const told = await runSuite({ ...shared, report });
    assert.deepEqual(
      told.map(({ behaviorClose }) => behaviorClose),
      ['OK', 'UNCLEAN', 'OK'],
    );
    assert.deepEqual(told.map(hasFailed), [false, true, false]);
    await assert.rejects(runSuite({ ...shared, report, agent: 'other' }), /says nothing of other/);
    await few.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('lets a case take longer than its deadline while messages come', async () => {
    const talker = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(talker, 'listening');
    talker.on('connection', (socket) => {
      let left = 6;
      // Each message comes upon the echo of the one before: about 300 ms apart, longer in all than the deadline.
      const next = () => setTimeout(() => (left-- > 0 ? socket.send('more') : socket.close(1000)), 300);
      socket.on('message', next);
      next();
    });
    const url = `ws://127.0.0.1:${(talker.address() as AddressInfo).port}`;
    for (const client of [ourClient, bareClient]) {
      const run = await client.run(url, { deadlineMs: 1500, signal: undefined, echo: true });
      assert.equal(run.messages, 6, client.name);
      assert.match(run.ended, /^close 1000/, client.name);
    }
    talker.close();
  });

  it('chooses cases by id and by pattern', () => {
    const chosen = matcher(['1.*', '9.3.1']);
    const ids = ['1.1.1', '1.2.10', '9.3.1', '9.3.10', '10.1.1', '11.1'].filter(chosen);
    assert.deepEqual(ids, ['1.1.1', '1.2.10', '9.3.1']);
    assert.ok(matcher([])('7.1.1'));
  });

  it('notices bytes that no frame accounts for, and messages that only one of the two has seen', async () => {
    const audit = new WireAudit();
    const frames = new FrameDecoder({
      direction: 'received',
      keepPayloadBytes: 16,
      onFrame: (frame) => void audit.log.append(frame, 1),
    });
    frames.push(
      Buffer.concat([encodeFrame({ opcode: 1, payload: 'one' }), encodeFrame({ opcode: 1, payload: 'two' })]),
      0,
    );
    audit.delivered(Buffer.from('one'), false);
    assert.deepEqual(await audit.disagreements(false, false), [
      'received: 0 bytes on the socket, 10 in frames',
      '2 messages decoded, 1 from ws',
    ]);
    assert.deepEqual(await audit.disagreements(true, true), []);
    audit.delivered(Buffer.from('two'), true);
    const [differs] = await audit.disagreements(true, true);
    assert.match(differs ?? '', /^message 1: decoded 1 .*, ws 2 /);
  });

  it('says on the command line what failed, in its exit code too', async function () {
    this.timeout(180_000);
    const few = await startFuzzingServer(allCases().filter(({ id }) => matcher(['1.1.*', '7.1.1', '9.3.1'])(id)));
    const [good, failed, usage] = await Promise.all([
      command([few.url, '--cases', '1.1.*,7.1.1', '--agent', 'command']),
      command([few.url, '--cases', '9.3.1', '--bare']),
      command(['http://127.0.0.1']),
    ]);
    assert.equal(good.code, 0, good.out);
    assert.match(good.out, /^1\.1\.1 {4}OK {12}OK +[\d.]+ ms$/m);
    assert.match(good.out, /^ +all +9 +0 +0 +0 +0 +0 +0 +9$/m);
    assert.equal((await few.resultOf('command', '7.1.1'))?.behavior, 'OK');
    assert.equal(failed.code, 1);
    assert.match(failed.out, /^9\.3\.1 +FAILED +WRONG CODE .*\n {2}close 1006: Too many/m);
    assert.equal(usage.code, 2);
    await few.stop();
  });
});

function command(args: readonly string[]): Promise<{ code: number; out: string }> {
  return new Promise((resolve) => {
    const argv = ['--import', 'tsx', 'test/autobahn/main.ts', ...args];
    const child = execFile(process.execPath, argv, (_error, out) => resolve({ code: child.exitCode ?? -1, out }));
  });
}
