import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';
import { runCli } from '../../../src/cli/main.js';
import type { Report } from '../../../src/core/base/model.js';
import { runProbe } from '../../../src/core/probe/runProbe.js';
import { Session } from '../../../src/core/session/session.js';
import { RecordedSource } from '../../../src/core/session/recordedSource.js';
import { frameRecord } from '../../support/evidence.js';
import { KeptLog } from '../../support/keptLog.js';
import { planFor } from '../../support/plan.js';
import { fakeIo } from '../cli/fakeIo.js';

interface Case {
  readonly by: string;
  readonly dialect: string;
  readonly code: number;
  /** The name of the code in that dialect. */
  readonly name: string;
  readonly wanted?: string;
  readonly token?: string;
  readonly path?: string;
  readonly greeting?: string;
}

const cases: readonly Case[] = [
  { by: 'profile', dialect: 'pusher', wanted: 'pusher', code: 4001, name: 'Application Does Not Exist' },
  { by: 'profile, by an alias', dialect: 'pusher', wanted: 'reverb', code: 4100, name: 'Over Capacity' },
  { by: 'profile, without a decoder', dialect: 'discord', wanted: 'discord', code: 4014, name: 'Disallowed Intents' },
  {
    by: 'profile, though a greeting says otherwise',
    dialect: 'twitch-eventsub',
    wanted: 'twitch',
    greeting: '{"event":"pusher:connection_established","data":"{}"}',
    code: 4001,
    name: 'Client Sent Inbound Traffic',
  },
  {
    by: 'subprotocol',
    dialect: 'graphql-transport-ws',
    token: 'graphql-transport-ws',
    code: 4401,
    name: 'Unauthorized',
  },
  { by: 'subprotocol', dialect: 'obs', token: 'obswebsocket.json', code: 4009, name: 'Authentication Failed' },
  { by: 'URL', dialect: 'pusher', path: '/app/KEY?protocol=7', code: 4007, name: 'Unsupported Protocol Version' },
  { by: 'URL', dialect: 'centrifugo', path: '/connection/websocket', code: 3008, name: 'Slow' },
  {
    by: 'greeting',
    dialect: 'pusher',
    greeting: '{"event":"pusher:connection_established","data":"{}"}',
    code: 4001,
    name: 'Application Does Not Exist',
  },
  {
    by: 'greeting',
    dialect: 'discord',
    greeting: '{"op":10,"d":{"heartbeat_interval":41250}}',
    code: 4014,
    name: 'Disallowed Intents',
  },
];

describe('one judge of the dialect', () => {
  let folder: string;
  let server: WebSocketServer;
  let present: Case;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wsprobe-judge-'));
    server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    server.on('connection', (socket) => {
      const { greeting, code } = present;
      const close = () => socket.close(code);
      if (greeting === undefined) close();
      else socket.send(greeting, close);
    });
    await once(server, 'listening');
  });
  after(async () => {
    server.close();
    await rm(folder, { recursive: true, force: true });
  });

  function plan({ wanted = 'auto', token, path = '/' }: Case) {
    const { session } = planFor('ws://a');
    return planFor(`ws://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, {
      subprotocols: token === undefined ? [] : [token],
      session: { ...session, dialect: wanted },
      expect: { holdMs: 5_000 },
    });
  }

  /** Its snapshot and report once it has ended. */
  async function session(one: Case): Promise<{ dialect: string | null; report: Report | null }> {
    return new Promise((resolve) => {
      const talk: Session = new Session({
        sessionId: 's1',
        plan: plan(one),
        log: new KeptLog(),
        keepPayloadBytes: 1 << 20,
        vantage: { host: 'here', remote: null },
        onChange: () => {
          if (talk.state === 'closed') resolve({ dialect: talk.snapshot().dialect, report: talk.report });
        },
      });
      void talk.open();
    });
  }

  async function connect(one: Case): Promise<string> {
    const { url, subprotocols } = plan(one);
    const profile = { name: 'P', url, subprotocols, session: { dialect: one.wanted ?? 'auto' } };
    await writeFile(join(folder, 'p.wsprobe'), JSON.stringify(profile));
    const io = fakeIo({ cwd: folder });
    await runCli(['connect', 'p.wsprobe', '--wait', 'forever'], io);
    return (io.out() + io.err()).replaceAll(/\s+/g, ' ');
  }

  /** What a recording of it is told to be when it is opened. */
  async function recorded(one: Case): Promise<string | null> {
    const { url } = plan(one);
    const path = join(folder, 'talk.wsrec');
    const subprotocol = one.token ?? null;
    const dialect = one.wanted ?? null;
    const about = { name: 'P', url, startedAt: '2026-01-01T00:00:00.000Z', subprotocol, dialect };
    const header = { schema: 'wsprobe.recording/1', ...about, request: null, response: null };
    const frames = one.greeting === undefined ? [] : [{ ...frameRecord({}), text: one.greeting }];
    const lines = frames.map((frame) => ({ type: 'frame', connection: 1, ...frame }));
    await writeFile(path, [header, ...lines].map((line) => `${JSON.stringify(line)}\n`).join(''));
    const recording = await RecordedSource.open('r1', path);
    const { dialect: judged } = recording.snapshot();
    await recording.dispose();
    return judged;
  }

  for (const one of cases) {
    it(`${one.dialect} by ${one.by}: probe, session, terminal and recording agree`, async () => {
      present = one;
      const report = await runProbe(plan(one));
      assert.equal(report.dialect, one.dialect);
      const finding = report.findings.find(({ id }) => id === 'close.rejected');
      assert.match(finding?.title ?? '', new RegExp(`${one.code} \\(${one.name}\\)`));

      const live = await session(one);
      assert.deepEqual([live.dialect, live.report?.dialect], [one.dialect, one.dialect]);
      assert.equal(live.report?.findings.find(({ id }) => id === 'close.rejected')?.title, finding?.title);

      const out = await connect(one);
      assert.ok(out.includes(one.name), out);
      assert.equal(await recorded(one), one.dialect);

      const io = fakeIo();
      await runCli(['explain', String(one.code), '--dialect', one.dialect], io);
      assert.ok(io.out().includes(one.name), io.out());
    });
  }
});
