import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import type { WebSocket } from 'ws';
import type { Report } from '../../../src/core/base/model.js';
import { runProbe } from '../../../src/core/probe/runProbe.js';
import { resolveText } from '../../../src/core/profile/resolve.js';
import { exitCodeOf } from '../../../src/core/text/exitCode.js';
import { useTempFolder } from '../record/temp.js';
import { assertMatchesSchema } from '../../support/reportSchema.js';
import { UpgradeServer } from '../../support/upgradeServer.js';

type Json = Readonly<Record<string, unknown>>;

/** A chat: names who joins, passes on what is said, and does as it is asked. */
async function startChat(): Promise<UpgradeServer> {
  const sockets = new Set<WebSocket>();
  return await UpgradeServer.start((visit) => {
    if (visit.path === '/no') return visit.refuse(403);
    return void visit.accept().then((socket) => {
      sockets.add(socket);
      const user = String(visit.headers['x-user'] ?? 'nobody');
      const all = (message: Json) => sockets.forEach((each) => each.send(JSON.stringify(message)));
      socket.send(JSON.stringify({ type: 'welcome', user, id: 7 }));
      socket.on('message', (data: Buffer, isBinary: boolean) => {
        if (isBinary) {
          socket.send(data);
          return;
        }
        const { type, ...rest } = JSON.parse(data.toString()) as Json & { type: string };
        if (type === 'close') socket.close(4401, 'go away');
        else if (type === 'drop') visit.socket.destroy();
        else if (type === 'last') {
          socket.send(JSON.stringify({ type: 'last words' }));
          socket.close(1000);
        } else if (type === 'binary') socket.send(Buffer.from('00ff10', 'hex'));
        else if (type === 'echo') socket.send(JSON.stringify(rest));
        else if (type === 'say') all({ type: 'said', user, ...rest });
      });
      socket.on('close', () => sockets.delete(socket));
    });
  });
}

describe('Steps of a probe', () => {
  const folder = useTempFolder();
  let chat: UpgradeServer;
  before(async () => {
    chat = await startChat();
  });
  after(() => chat.stop());

  async function probe(profile: Json, signal?: AbortSignal, baseDir: string | null = null): Promise<Report> {
    const text = JSON.stringify({ url: chat.url(), proxy: 'none', expect: { holdMs: 1 }, ...profile }, null, 1);
    const { plan, problems } = resolveText(text, { env: {}, secrets: {}, baseDir });
    assert.deepEqual(problems, []);
    const report = await runProbe(plan!, signal ? { signal } : {});
    assertMatchesSchema(report);
    return report;
  }

  const talk = (steps: readonly Json[], more: Json = {}) => probe({ steps, ...more });
  const statuses = ({ steps }: Report) => steps.map(({ status }) => status).join(' ');
  const say = (message: Json) => ({ send: { json: message } });

  it('sends, waits for what matches, captures, and sends what it captured with its type', async () => {
    const report = await talk([
      { expect: { jsonPath: '$.type', equals: 'welcome' }, capture: { id: '$.id', who: '$.user' } },
      say({ type: 'echo', id: '${id}', text: '${who} has ${id}', n: '${seq}' }),
      { expect: { jsonPath: '$', equals: { id: '${id}', text: 'nobody has 7', n: '1' } } },
      { ping: {} },
      { wait: 5 },
      say({ type: 'binary' }),
      { expect: { binary: '00 ff', kind: 'binary' } },
      { close: { code: 4000, reason: 'bye ${who}' } },
      { expectClose: { code: 4000 } },
    ]);
    assert.equal(report.error, null);
    assert.equal(statuses(report), 'ok ok ok ok ok ok ok ok ok');
    assert.equal(exitCodeOf(report), 0);
    assert.deepEqual(report.close?.initiator, 'client');
    assert.equal(report.phases.find(({ name }) => name === 'message')?.detail['steps'], 9);
  });

  it('tells of a failed step all that is known, skips the rest, and exits with 1', async () => {
    const report = await talk([
      say({ type: 'echo', type2: 'x', user: { name: 'ann', age: 3 } }),
      { expect: { jsonPath: '$.user', equals: { name: 'ann', age: 4, tall: true } }, withinMs: 80 },
      { wait: 1 },
      { repeat: { times: 2, steps: [{ wait: 1 }] } },
    ]);
    assert.equal(exitCodeOf(report), 1);
    assert.equal(statuses(report), 'ok failed skipped skipped skipped');
    const [, row] = report.steps;
    assert.equal(row?.error, 'Nothing that matches came within 80 ms.');
    assert.equal(row.expected, '$.user equals {"name":"ann","age":4,"tall":true}');
    assert.equal(row.actual, '{"name":"ann","age":3}');
    assert.deepEqual(row.differences, [
      { path: '$.user.age', expected: '4', actual: '3' },
      { path: '$.user.tall', expected: 'true' },
    ]);
    assert.equal(row.passedOver, 2);
    assert.equal(row.frames?.length, 3);
    assert.ok((row.line ?? 0) > 10);
    assert.equal(report.error?.code, 'step.failed');
    assert.match(report.error.message, /^Step 2, line \d+: expect \$\.user equals/);
  });

  it('lets several clients talk, each over its own connection, opened when its first step is reached', async () => {
    const clients = { alice: { headers: { 'X-User': 'alice' } }, bob: { headers: { 'X-User': 'bob' } }, carl: {} };
    const report = await talk(
      [
        { client: 'alice', expect: { jsonPath: '$.user', equals: 'alice' } },
        { client: 'alice', ...say({ type: 'say', text: 'early' }) },
        { client: 'alice', expect: { jsonPath: '$.text', equals: 'early' } },
        { client: 'bob', expect: { jsonPath: '$.user', equals: 'bob' }, strict: true },
        { client: 'alice', ...say({ type: 'say', text: 'hi', id: 5 }) },
        { client: 'bob', expect: { jsonPath: '$.text', equals: 'hi' }, strict: true, capture: { got: '$.id' } },
        { client: 'bob', expectNone: { contains: 'early' }, forMs: 20 },
        { client: 'alice', expect: { jsonPath: '$.id', equals: '${got}' } },
      ],
      { clients },
    );
    assert.equal(report.error, null, JSON.stringify(report.error));
    assert.deepEqual(
      report.clients?.map(({ name, close, verdict }) => [name, close?.code, verdict]),
      [
        ['alice', 1000, 'healthy'],
        ['bob', 1000, 'healthy'],
      ],
    );
    assert.deepEqual(report.request?.headers.find(([name]) => name === 'X-User')?.[1], 'alice');
    const opened = report.clients.map(({ phases }) => phases.find(({ name }) => name === 'upgrade')?.startMs ?? 0);
    assert.ok(opened[1]! > report.steps[2]!.startMs, 'bob connects when he is needed');
  });

  it('is down with 3 where a client gets no connection', async () => {
    const clients = { alice: {}, bob: { url: chat.url('/no') } };
    const steps = [
      { client: 'alice', wait: 1 },
      { client: 'bob', wait: 1 },
      { client: 'alice', wait: 1 },
    ];
    const report = await talk(steps, { clients });
    assert.equal(statuses(report), 'ok failed skipped');
    assert.equal(exitCodeOf(report), 3);
    assert.equal(report.error?.code, report.clients?.[1]?.error?.code);
  });

  it('hears what came before a Close in the same breath', async () => {
    const report = await talk([
      say({ type: 'last' }),
      { wait: 20 },
      { expect: { contains: 'last words' } },
      { expectClose: { code: [1000, 4401] } },
    ]);
    assert.equal(report.error, null, JSON.stringify(report.steps));
    assert.equal(report.verdict, 'healthy');
  });

  it('takes an end that nobody waits for as a failure of the step that needs the connection', async () => {
    for (const [type, code] of [
      ['close', 'message.closed'],
      ['drop', 'message.end'],
    ] as const) {
      const report = await talk([say({ type }), { expect: { contains: 'never' } }, { wait: 1 }]);
      assert.equal(statuses(report), 'ok failed skipped');
      assert.ok([code, '4401', 'message.reset', 'ECONNRESET'].includes(report.error?.code ?? ''), report.error?.code);
      assert.equal(exitCodeOf(report), 1);
    }
  });

  it('holds an expected close against its code and its reason', async () => {
    const close = (wanted: Json) => talk([say({ type: 'close' }), { expectClose: wanted }]);
    assert.equal((await close({ code: 4401, reason: { equals: 'go away' } })).verdict, 'healthy');
    assert.equal((await close({ code: 1000 })).steps[1]?.error, 'Closed with another code.');
    assert.equal((await close({ reason: { matches: '^a' } })).steps[1]?.actual, 'close 4401 "go away"');
    const open = await talk([{ expectClose: {}, withinMs: 30 }]);
    assert.match(open.steps[0]?.error ?? '', /still open after 30 ms/);
  });

  it('marks a step over its budget, and is degraded by it', async () => {
    const report = await talk([{ wait: 30, budgetMs: 5 }, { wait: 1 }]);
    assert.equal(report.verdict, 'degraded');
    assert.deepEqual(
      report.steps.map(({ overBudget }) => overBudget ?? null),
      [true, null],
    );
    assert.equal(exitCodeOf(report), 0);
    assert.equal(exitCodeOf(report, { strict: true }), 1);
  });

  it('looks at what the dialect makes of a message', async () => {
    const rpc = { jsonrpc: '2.0', id: 1, result: { ok: true } };
    const report = await talk(
      [
        say({ type: 'echo', ...rpc }),
        { expect: { in: 'decoded', jsonPath: '$.result.ok', equals: true }, capture: { ok: '$.id' } },
      ],
      { session: { dialect: 'jsonrpc' } },
    );
    assert.equal(report.error, null, JSON.stringify(report.steps));
  });

  it('looks at what the decoders of the profile make of a message', async () => {
    const report = await talk(
      [
        { send: { msgpack: { type: 'tick', n: '${seq}', id: 5 }, compress: 'gzip' } },
        { expect: { in: 'decoded', kind: 'binary', jsonPath: '$.id', equals: 5 }, capture: { id: '$.id' } },
        { send: { cbor: { was: '${id}' } } },
        { expect: { in: 'decoded', equals: { was: 5 } } },
      ],
      { decode: ['gzip', 'msgpack', 'cbor'] },
    );
    assert.equal(report.error, null, JSON.stringify(report.steps));
  });

  it('looks at a text as it is, where the decoders of the profile do not apply', async () => {
    const expect = { in: 'decoded', jsonPath: '$.type', equals: 'welcome' };
    const report = await talk([{ expect, strict: true }], { decode: ['gzip', 'msgpack'] });
    assert.equal(report.error, null, JSON.stringify(report.steps));
  });

  it('begins nothing that could not be sent or read', async () => {
    const steps = [{ send: { protobuf: { schema: 'nowhere.proto', type: 'A', value: {} } } }];
    const wrong = [{ steps }, { decode: [{ protobuf: { schema: 'nowhere.proto', type: 'A' } }] }];
    for (const profile of wrong) {
      const report = await probe(profile, undefined, folder.path('.'));
      assert.match(report.error?.message ?? '', /The schema nowhere\.proto is not there/);
      assert.deepEqual(report.attempts, []);
    }
  });

  it('sends nothing where a message could not be, and says which', async () => {
    writeFileSync(folder.path('here.txt'), '{"type":"binary"}');
    writeFileSync(folder.path('order.proto'), 'syntax = "proto3"; message Order { int64 id = 1; }');
    symlinkSync(folder.path('here.txt'), folder.path('inner-link.txt'));
    const order = (value: Json) => ({ protobuf: { schema: 'order.proto', type: 'Order', value } });
    const asked = chat.asked.length;
    for (const [send, why, code] of [
      [{ file: 'nowhere.bin' }, /The payload file nowhere\.bin is not there/, 'profile.unreadable-file'],
      [{ file: '.' }, /is a folder/, 'profile.unreadable-file'],
      [{ file: '/dev/zero' }, /is outside the workspace/, 'profile.unreadable-file'],
      [{ file: '../../../../../../etc/hosts' }, /is outside the workspace/, 'profile.unreadable-file'],
      [order({ ident: '5' }), /has no field "ident"/, 'profile.invalid-payload'],
      [{ mqtt: { cmd: 'subscribe', subscriptions: [] } }, /cannot be encoded/, 'profile.invalid-payload'],
    ] as const) {
      for (const profile of [
        { steps: [{ ping: {} }, { repeat: { times: 2, steps: [{ send }] } }] },
        { message: { send, expect: 'any' } },
        { session: { heartbeat: { every: 50, timeout: 50, send } }, steps: [{ ping: {} }] },
      ]) {
        const report = await probe(profile, undefined, folder.path('.'));
        assert.match(report.error?.message ?? '', why);
        assert.equal(report.error?.code, code);
        assert.equal(exitCodeOf(report), 2);
        if (!('steps' in profile) || 'session' in profile) continue;
        assert.match(report.error?.message ?? '', /^Line \d+: /);
        assert.equal(statuses(report), 'skipped failed skipped');
        assert.equal(report.error?.message.startsWith(`Line ${report.steps[1]?.line}: `), true);
      }
    }
    assert.equal(chat.asked.length, asked);
    const fine = [{ file: 'here.txt' }, { file: 'inner-link.txt' }, order({ id: '${seq}' })].map((send) => ({ send }));
    assert.equal((await probe({ steps: fine }, undefined, folder.path('.'))).error, null);
  });

  it('judges a message check by the same matches', async () => {
    const send = { json: { type: 'echo', jsonrpc: '2.0', id: 1, result: 5 } };
    const check = (expect: Json) =>
      probe({ message: { send, expect }, session: { dialect: 'jsonrpc' }, timeouts: { messageMs: 300 } });
    assert.equal((await check({ in: 'decoded', jsonPath: '$.result', gt: 4 })).verdict, 'healthy');
    const report = await check({ in: 'decoded', jsonPath: '$.result', gt: 5 });
    assert.equal(report.error?.code, 'message.mismatch');
  });

  it('does not say a secret to another origin that a redirect leads to', async () => {
    const gate = await UpgradeServer.start((visit) => visit.refuse(302, { Location: chat.http('/') }));
    try {
      const profile = (token: string) => ({
        url: gate.url(),
        proxy: 'none',
        followRedirects: true,
        expect: { holdMs: 1 },
        steps: [{ send: { json: { type: 'echo', token } } }, { expect: { contains: 'token' } }],
      });
      const run = async (token: string) => {
        const context = { env: {}, secrets: { t: 'hunter2-secret' }, baseDir: null };
        const { plan } = resolveText(JSON.stringify(profile(token)), context);
        return await runProbe(plan!);
      };
      const told = await run('${secret:t}');
      assert.equal(statuses(told), 'failed skipped');
      assert.match(told.steps[0]?.error ?? '', /holds a secret of the profile/);
      assert.equal((await run('public')).verdict, 'healthy');
    } finally {
      await gate.stop();
    }
  });

  describe('with a JSON Schema in a file', () => {
    const schema = { type: 'object', required: ['id'], properties: { id: { type: 'integer', maximum: 9 } } };
    const judge = (path: string, baseDir: string) =>
      probe({ steps: [{ expect: { schema: path }, withinMs: 50 }] }, undefined, baseDir);

    it('judges by it, and tells what breaks it', async () => {
      writeFileSync(folder.path('ok.json'), JSON.stringify(schema));
      writeFileSync(folder.path('low.json'), JSON.stringify({ ...schema, properties: { id: { maximum: 5 } } }));
      assert.equal((await judge('./ok.json', folder.path('.'))).verdict, 'healthy');
      const [row] = (await judge('low.json', folder.path('.'))).steps;
      assert.deepEqual(row?.differences, [{ path: '$.id', expected: '7 is greater than 5.' }]);
    });

    it('connects to nobody where it cannot be read, is outside the workspace, or is none', async () => {
      mkdirSync(folder.path('inner'));
      writeFileSync(folder.path('outside.json'), '{}');
      writeFileSync(folder.path('inner/remote.json'), '{"$ref":"https://example.com/a.json"}');
      symlinkSync(folder.path('outside.json'), folder.path('inner/link.json'));
      const asked = chat.asked.length;
      for (const [path, why] of [
        ['none.json', /is not there/],
        ['../outside.json', /is outside the workspace/],
        ['link.json', /is outside the workspace/],
        ['remote.json', /nothing is fetched/],
      ] as const) {
        const report = await judge(path, folder.path('inner'));
        assert.match(report.error?.message ?? '', why);
        assert.equal(exitCodeOf(report), 2);
      }
      assert.equal(chat.asked.length, asked);
    });
  });

  it('ends at once when it is cancelled, whatever it is doing', async () => {
    const phases: readonly Json[] = [
      { wait: 60_000 },
      { expect: { contains: 'never' }, withinMs: 60_000 },
      { expectAll: [{ contains: 'never' }], withinMs: 60_000 },
      { expectNone: { contains: 'never' }, forMs: 60_000 },
      { expectCount: { match: { contains: 'never' }, max: 5 }, withinMs: 60_000 },
      { expectClose: {}, withinMs: 60_000 },
      { repeat: { times: 100, steps: [{ wait: 60_000 }] } },
    ];
    for (const step of phases) {
      const cancel = new AbortController();
      const running = talkUntil([{ ping: {} }, step], cancel.signal);
      setTimeout(() => cancel.abort(), 60);
      const report = await running;
      assert.equal(exitCodeOf(report), 130, JSON.stringify(step));
      assert.ok(report.durationMs < 20_000);
    }
  });

  const talkUntil = (steps: readonly Json[], signal: AbortSignal) => probe({ steps }, signal);
});
