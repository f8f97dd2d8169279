import { fileText } from '../record/samples.js';
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../../src/cli/main.js';
import { type Playground, startPlayground } from '../../../src/core/playground/index.js';
import type { Replay } from '../../../src/core/tap/replay/replay.js';
import { type FakeIo, fakeIo } from './fakeIo.js';

const GRAPHQL = [
  '{"type":"connection_init"}',
  '{"id":"a1","type":"subscribe","payload":{"query":"subscription { orders }"}}',
];

describe('wsprobe replay, mock and contract', () => {
  let folder: string;
  let playground: Playground;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'wsprobe-replay-test-'));
    playground = await startPlayground({ port: 0 });
    const sends = GRAPHQL.flatMap((text) => ['--send', text]);
    const argv = [
      '--subprotocol',
      'graphql-transport-ws',
      ...sends,
      '--until',
      'complete',
      '--record',
      'graphql.wsrec',
    ];
    assert.equal((await run('connect', `${playground.ws}/graphql`, ...argv)).exitCode, 0);
    await run('connect', `${playground.ws}/status/403`, '--record', 'refused.wsrec');
    writeFileSync(join(folder, 'cut.wsrec'), fileText({ type: 'open', connection: 1, atMs: 0 }));
  });
  after(async () => {
    await playground.stop();
    rmSync(folder, { recursive: true });
  });

  async function run(...argv: string[]) {
    const io = fakeIo({ cwd: folder });
    return { exitCode: await runCli(argv, io), out: io.out(), err: io.err() };
  }

  /** A mock while `use` talks to it; what it wrote. */
  async function mocked(argv: readonly string[], use: (url: string) => Promise<void>): Promise<FakeIo> {
    const io = fakeIo({ cwd: folder });
    const done = runCli(['mock', ...argv], io);
    await Promise.race([io.written, done]);
    const url = /ws:\/\/[^"\s]+/.exec(io.out())?.[0];
    assert.ok(url, io.err());
    try {
      await use(url);
    } finally {
      io.signal('SIGINT');
    }
    assert.equal(await done, 0);
    return io;
  }

  it('says a recorded session again to its server, and to a mock of it', async () => {
    const again = await run('replay', 'graphql.wsrec', `${playground.ws}/graphql`);
    assert.match(again.out, /as recorded {2}graphql\.wsrec, connection 1[^]*2 sent, 5 received, 5 expected/);
    assert.equal(again.exitCode, 0);
    const io = await mocked(['graphql.wsrec'], async (url) => {
      assert.equal((await run('replay', 'graphql.wsrec', url, '--pace', 'fast')).exitCode, 0);
    });
    assert.match(io.err(), /client 1: answered as connection 1\n/);
  });

  it('tells a changed message, as text, as JSON and as a failed step of JUnit', async () => {
    const lines = readFileSync(join(folder, 'graphql.wsrec'), 'utf8');
    writeFileSync(join(folder, 'changed.wsrec'), lines.replace('\\"count\\":2', '\\"count\\":7'));
    const url = `${playground.ws}/graphql`;
    const text = await run('replay', 'changed.wsrec', url);
    assert.equal(text.exitCode, 1);
    assert.match(text.out, /1 difference [^]*\$\.payload\.data\.count: 7 → 2/);
    const json = JSON.parse((await run('replay', 'changed.wsrec', url, '--json')).out) as Replay;
    assert.deepEqual([json.schema, json.same, json.differences.length], ['wsprobe.replay/1', false, 1]);
    const junit = await run('replay', 'changed.wsrec', url, '--reporter', 'junit');
    assert.equal(junit.exitCode, 1);
    assert.match(junit.out, /tests="8" failures="1" errors="0"/);
    assert.equal((await run('replay', 'changed.wsrec', url, '--ignore', '$..count')).exitCode, 0);
  });

  /** Connections that echoed, each at its own path; what `wrong` names was answered otherwise. */
  function recordedEchoes(count: number, wrong: readonly number[]): string {
    const at = (path: string) => ({
      url: `ws://recorded.example${path}`,
      subprotocol: null,
      dialect: null,
      response: null,
    });
    const facts = (connection: number) => ({
      ...at('/echo'),
      request: { target: `/echo?n=${connection}`, headers: [] },
    });
    const message = (connection: number, index: number, direction: string, text: string) => ({
      type: 'message',
      connection,
      index,
      atMs: index,
      direction,
      kind: 'text',
      payloadBytes: text.length,
      text,
      truncated: false,
    });
    const lines = Array.from({ length: count }, (_, index) => index + 1).flatMap((connection) => [
      { type: 'connection', connection, atMs: 0, peer: null, ...facts(connection) },
      message(connection, 1, 'sent', `word ${connection}`),
      message(connection, 2, 'received', wrong.includes(connection) ? 'silence' : `word ${connection}`),
      { type: 'close', connection, atMs: 3, code: 1000, reason: '', initiator: 'client', clean: true, evidence: '' },
    ]);
    const header = { schema: 'wsprobe.recording/1', name: 'tap', startedAt: '2026-01-02T03:04:05.000Z', ...facts(1) };
    return [header, ...lines].map((line) => `${JSON.stringify(line)}\n`).join('');
  }

  it('says all connections of a recording again, each at its own path, a suite of JUnit each', async () => {
    writeFileSync(join(folder, 'many.wsrec'), recordedEchoes(5, [2, 4]));
    const argv = ['replay', 'many.wsrec', `${playground.ws}/`, '--connection', 'all'];
    const text = await run(...argv);
    assert.equal(text.exitCode, 1, text.err);
    assert.match(text.out, /as recorded {2}many\.wsrec, connection 1, to ws:\/\/127[^ ]+\/echo\?n=1\n/);
    assert.match(text.out, /connection 2[^]*message 2 changed\n {2}- silence\n {2}\+ word 2\n/);
    assert.match(text.out, /\n3 of 5 connections as recorded, [^]*Identifiers \(id/);
    const json = JSON.parse((await run(...argv, '--json', '--concurrency', '3')).out) as {
      readonly schema: string;
      readonly replays: readonly Replay[];
      readonly summary: { readonly total: number; readonly down: number; readonly exitCode: number };
    };
    assert.equal(json.schema, 'wsprobe.replays/1');
    assert.deepEqual(
      json.replays.map(({ connection, same }) => [connection, same]),
      [1, 2, 3, 4, 5].map((connection) => [connection, connection !== 2 && connection !== 4]),
    );
    assert.deepEqual([json.summary.total, json.summary.down, json.summary.exitCode], [5, 2, 1]);
    const junit = await run(...argv, '--reporter', 'junit=all.xml', '--concurrency', '3');
    assert.equal(junit.exitCode, 1);
    const suites = readFileSync(join(folder, 'all.xml'), 'utf8').match(/<testsuite .*/g) ?? [];
    assert.deepEqual(
      suites.map((suite) => [/name="([^"]+)"/.exec(suite)?.[1], /failures="(\d+)"/.exec(suite)?.[1]]),
      [1, 2, 3, 4, 5].map((each) => [`many.wsrec, connection ${each}`, each === 2 || each === 4 ? '1' : '0']),
    );
  });

  it('ends with the worst of all connections, and says what of a path is not recorded', async () => {
    const secret = recordedEchoes(1, []).replaceAll('?n=1', '?token=[redacted]');
    writeFileSync(join(folder, 'secret.wsrec'), secret);
    const { err, exitCode, out } = await run('replay', 'secret.wsrec', `${playground.ws}/`, '--connection', 'all');
    assert.equal(exitCode, 0, out);
    assert.match(err, /The query of connection 1 holds a secret that is not recorded: it is left out/);
    writeFileSync(join(folder, 'many.wsrec'), recordedEchoes(2, []));
    const none = await run('replay', 'many.wsrec', 'ws://127.0.0.1:9/', '--connection', 'all', '--timeout', '1s');
    assert.equal(none.exitCode, 3);
    assert.match(none.out, /\n0 of 2 connections as recorded/);
  });

  it('ends with 3 where nothing answers, and with 0 where a recorded refusal comes again', async () => {
    const none = await run('replay', 'graphql.wsrec', 'ws://127.0.0.1:9/', '--timeout', '1s');
    assert.equal(none.exitCode, 3);
    assert.match(none.out, /no connection[^]*tcp/);
    assert.equal((await run('replay', 'refused.wsrec', `${playground.ws}/status/403`)).exitCode, 0);
    assert.equal((await run('replay', 'refused.wsrec', `${playground.ws}/echo`)).exitCode, 1);
    await mocked(['refused.wsrec'], async (url) => {
      const probe = await run('probe', url, '--json');
      assert.equal((JSON.parse(probe.out) as { response: { status: number } }).response.status, 403);
    });
  });

  for (const [argv, says] of [
    [['replay', 'graphql.wsrec'], /wants a recording, and a URL/],
    [['replay', 'nothing.wsrec', 'ws://localhost/'], /nothing\.wsrec/],
    [['replay', 'a.json', 'ws://localhost/'], /no recording/],
    [['replay', 'graphql.wsrec', 'ws://localhost/', '--pace', 'slow'], /--pace wants reply, real or fast/],
    [['replay', 'graphql.wsrec', 'ws://localhost/', '--ignore', '$['], /--ignore/],
    [['replay', 'graphql.wsrec', 'ws://localhost/', '--connection', '7'], /no connection 7/],
    [['replay', 'graphql.wsrec', 'ws://localhost/', '--concurrency', '3'], /is for --connection all/],
    [['replay', 'graphql.wsrec', 'ws://localhost/', '--connection', 'all', '--concurrency', '0'], /--concurrency/],
    [['replay', 'cut.wsrec', 'ws://localhost/'], /cut\.wsrec holds nothing to compare/],
    [['mock'], /wants one recording or one profile/],
    [['mock', 'a.txt'], /neither a recording nor a profile/],
    [['mock', 'graphql.wsrec', '--listen', 'nowhere'], /--listen/],
    [['mock', 'graphql.wsrec', '--env', 'staging'], /--env is for profiles/],
    [['mock', 'graphql.wsrec', '--secrets-file', 'missing'], /--secrets-file is for profiles/],
    [['contract', 'teach'], /learn, check or export/],
    [['contract', 'check', 'graphql.wsrec', 'graphql.wsrec'], /no contract/],
    [
      ['contract', 'check', 'missing.json', 'graphql.wsrec'],
      /cannot read missing\.json \(ENOENT\)\n +A contract is what/,
    ],
    [['contract', 'export', '.'], /\.: .*\n +A contract is what/],
  ] as const)
    it(`ends with 2: ${argv.join(' ')}`, async () => {
      const { err, exitCode } = await run(...argv);
      assert.match(err, says);
      assert.equal(exitCode, 2);
    });

  it('says as a mock what nothing is recorded for, and what was taken for another by its type', async () => {
    const other = '{"id":"b7","type":"subscribe","payload":{"query":"subscription { prices }"}}';
    const talk = (url: string) =>
      run(
        'connect',
        url,
        '--subprotocol',
        'graphql-transport-ws',
        '--send',
        'what?',
        '--send',
        other,
        '--until',
        'complete',
      );
    const io = await mocked(['graphql.wsrec', '--json'], async (url) => {
      assert.match((await talk(url)).out, /"id":"b7","type":"next"/);
    });
    const events = io
      .out()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind: string; message?: string; by?: string });
    assert.deepEqual(
      events.map(({ by, kind, message }) => [kind, message ?? by ?? null]),
      [
        ['listening', null],
        ['connected', null],
        ['unmatched', 'what?'],
        ['answered', 'type'],
        ['closed', null],
      ],
    );
  });

  it('serves the steps of a profile, which then passes', async () => {
    const profile = {
      url: 'ws://localhost:1/',
      subprotocols: ['v1'],
      steps: [
        { expect: { jsonPath: '$.type', equals: 'welcome' }, capture: { session: '$.session' } },
        { send: { json: { type: 'join', session: '${session}', request: '${uuid}' } } },
        {
          expect: {
            all: [
              { jsonPath: '$.type', equals: 'joined' },
              { jsonPath: '$.seats', gt: 3 },
            ],
          },
        },
        { send: 'bye' },
        { expect: { contains: 'see you' } },
        { expectClose: { code: 4000 } },
      ],
    };
    const write = (url: string) => writeFileSync(join(folder, 'talk.wsprobe'), JSON.stringify({ ...profile, url }));
    write(profile.url);
    const io = await mocked(['talk.wsprobe'], async (url) => {
      write(url);
      const { exitCode, out } = await run('probe', 'talk.wsprobe');
      assert.equal(exitCode, 0, out);
    });
    assert.doesNotMatch(io.err(), /nothing like this|no message could be/);
  });

  it('tells what cannot be made up of a profile', async () => {
    const steps = [{ expect: { matches: '^[0-9]{4}-(a|b)$' } }];
    writeFileSync(join(folder, 'hard.wsprobe'), JSON.stringify({ url: 'ws://localhost:1/', steps }));
    const io = await mocked(['hard.wsprobe'], async () => {});
    assert.match(io.err(), /hard\.wsprobe: Line 1: no message could be made up/);
  });

  it('learns a contract, holds a recording against it, and exports it', async () => {
    assert.equal((await run('contract', 'learn', 'graphql.wsrec', '-o', 'graphql.contract.json')).exitCode, 0);
    const same = await run('contract', 'check', 'graphql.contract.json', 'graphql.wsrec');
    assert.match(same.out, /7 messages as the contract has them/);
    const lines = readFileSync(join(folder, 'graphql.wsrec'), 'utf8');
    writeFileSync(join(folder, 'drift.wsrec'), lines.replace('\\"count\\":2', '\\"count\\":\\"2\\"'));
    const drift = await run('contract', 'check', 'graphql.contract.json', 'drift.wsrec');
    assert.equal(drift.exitCode, 1);
    assert.match(
      drift.out,
      /1 of 7 messages depart\nthe first: drift\.wsrec, connection 1, message 5, received, at [^]*next: \$\.payload\.data\.count\n {2}expected integer\n {2}got {6}string "2"/,
    );
    const schema = JSON.parse((await run('contract', 'export', 'graphql.contract.json')).out) as { $schema: string };
    assert.equal(schema.$schema, 'https://json-schema.org/draft/2020-12/schema');
  });

  it('exports a schema that a match takes', async () => {
    await run('contract', 'learn', 'graphql.wsrec', '-o', 'matched.contract.json');
    assert.equal((await run('contract', 'export', 'matched.contract.json', '-o', 'matched.schema.json')).exitCode, 0);
    const schema = './matched.schema.json';
    const send = JSON.parse(GRAPHQL[0]!) as object;
    const fits = [{ send: { json: send } }, { expect: { schema }, strict: true }];
    writeFileSync(
      join(folder, 'fits.wsprobe'),
      JSON.stringify({ url: `${playground.ws}/graphql`, subprotocols: ['graphql-transport-ws'], steps: fits }),
    );
    const good = await run('probe', 'fits.wsprobe');
    assert.equal(good.exitCode, 0, good.out + good.err);
    const departs = [{ send: { json: { type: 'nothing', known: 1 } } }, { expect: { schema }, strict: true }];
    writeFileSync(join(folder, 'departs.wsprobe'), JSON.stringify({ url: `${playground.ws}/echo`, steps: departs }));
    assert.equal((await run('probe', 'departs.wsprobe')).exitCode, 1);
  });
});
