import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as fc from 'fast-check';
import { WebSocketServer } from 'ws';
import { runCli } from '../../../src/cli/main.js';
import { FORMAT_NAMES } from '../../../src/cli/optionTable.js';
import { FORMATS } from '../../../src/core/convert/formats.js';
import { parseProfile } from '../../../src/core/profile/parse.js';
import type { ProfileFile } from '../../../src/core/profile/profile.js';
import { fakeIo } from './fakeIo.js';

describe('wsprobe convert', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'wsprobe-convert-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('of a recording never writes over what it reads, whatever that is called, and says why it cannot write', async () => {
    const head = { schema: 'wsprobe.recording/1', name: 'a', url: 'ws://h/', startedAt: '2026-01-01T00:00:00.000Z' };
    const recording = `${JSON.stringify({ ...head, subprotocol: null, dialect: null, request: null, response: null })}\n`;
    put('a.wsrec', recording);
    symlinkSync('a.wsrec', join(folder, 'b.har'));
    const same = await convert(['a.wsrec', 'b.har', '--force']);
    assert.deepEqual([same.exitCode, text('a.wsrec')], [2, recording]);
    assert.match(same.err, /cannot be replaced by itself/);
    const onFolder = await convert(['a.wsrec', '.', '--to', 'har', '--force']);
    assert.equal(onFolder.exitCode, 2);
    assert.match(onFolder.err, /EISDIR/);
  });

  const put = (name: string, content: string) => writeFileSync(join(folder, name), content);
  const text = (name: string) => readFileSync(join(folder, name), 'utf8');
  async function convert(argv: readonly string[], stdin = '') {
    const io = fakeIo({ cwd: folder, stdin });
    return { exitCode: await runCli(['convert', ...argv], io), out: io.out(), err: io.err() };
  }
  function read(content: string): ProfileFile {
    const { file, problems } = parseProfile(content);
    assert.deepEqual(problems, []);
    assert.ok(file);
    return file;
  }
  async function toProfile(name: string, content: string, more: readonly string[] = []) {
    put(name, content);
    const { err, exitCode, out } = await convert([name, '-', '--to', 'wsprobe', ...more]);
    assert.equal(exitCode, 0, err);
    return { file: read(out), err, out };
  }

  it('knows the formats that its help names', () => {
    assert.deepEqual(Object.keys(FORMATS), [...FORMAT_NAMES]);
  });

  it('reads long blank stretches of a .http file once', async () => {
    const blank = ' '.repeat(400_000);
    const { file } = await toProfile(
      'blank.http',
      `@note = ${blank}a${blank}b${blank}\nWEBSOCKET ws://h/\n\n${'\n'.repeat(200_000)}a${'\n'.repeat(200_000)}b\n\n`,
    );
    const { send } = file['message'] as { send: { text: string } };
    assert.ok(send.text === `a${'\n'.repeat(200_000)}b`);
  });

  it('reads a .http file, and lists what of it no profile can say', async () => {
    const { err, file, out } = await toProfile(
      'requests.http',
      [
        '@host = example.com',
        '### health',
        'GET https://{{host}}/health',
        '### Orders',
        '# a comment',
        'WEBSOCKET wss://{{host}}/orders?v=1',
        'Authorization: Bearer hunter2hunter2',
        'X-Tenant: {{tenant}}',
        'Sec-WebSocket-Protocol: orders.v1, orders.v2',
        '',
        '{"op":"hello","id":"{{$uuid}}"}',
        '=== wait-for-server',
        '{"op":"list"}',
        '===',
        'costs ${5}',
        '> {% client.log(1) %}',
      ].join('\n'),
    );
    assert.equal(file.name, 'Orders');
    assert.equal(file.url, 'wss://example.com/orders?v=1');
    assert.deepEqual(file.headers, { 'X-Tenant': '${env:tenant}' });
    assert.deepEqual(file.subprotocols, ['orders.v1', 'orders.v2']);
    assert.deepEqual(file.auth, { type: 'bearer', token: '${secret:token}' });
    assert.deepEqual(file.steps, [
      { send: { text: '{"op":"hello","id":"${uuid}"}' } },
      { expect: { contains: '' } },
      { send: { text: '{"op":"list"}' } },
      { send: { text: 'costs $${5}' } },
    ]);
    for (const left of ['request health', '{{tenant}}', 'script > {%']) {
      assert.ok(err.includes(left), left);
      assert.ok(out.includes(left), left);
    }
    assert.doesNotMatch(out + err, /hunter2/);
  });

  it('reads the monitor of a monitoring service', async () => {
    const { err, file } = await toProfile(
      'monitor.yaml',
      `monitor:
  name: "Health"
  type: websocket
  url: "wss://ws.example.com/health"
  timeout: 9000
  steps:
    - action: connect
      assert_connected_within_ms: 1000
    - action: send
      message: '{"type": "ping"}'
    - action: receive
      timeout_ms: 3000
      assert_message_contains: '"type": "pong"'
    - action: measure_latency
    - action: disconnect
      expected_close_code: 1000
  assertions:
    - { type: connection_latency, operator: less_than, value: 500 }
    - { type: message_latency, operator: less_than, value: 200 }
`,
    );
    assert.deepEqual(file.steps, [
      { send: { text: '{"type": "ping"}' } },
      { expect: { contains: '"type": "pong"' }, withinMs: 3000, budgetMs: 200 },
      { close: { code: 1000 } },
    ]);
    assert.equal(file.timeouts?.upgradeMs, 9_000);
    assert.match(err, /connect: assert_connected_within_ms/);
    assert.match(err, /assertion connection_latency less_than 500/);
  });

  it('refuses YAML that is none, and one that names itself without end', async () => {
    put('bad.yaml', 'a: [');
    assert.equal((await convert(['bad.yaml', 'x.wsprobe'])).exitCode, 2);
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefgh'.split('').map((name, at) => {
        const before = 'abcdefg'[at];
        return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(',')}]`;
      }),
    ].join('\n');
    put('bomb.yaml', bomb);
    assert.equal((await convert(['bomb.yaml', 'x.wsprobe'])).exitCode, 2);
  });

  const HEADER = {
    schema: 'wsprobe.recording/1',
    name: 'r',
    url: 'ws://127.0.0.1/chat',
    startedAt: '2024-01-01T00:00:00.000Z',
    subprotocol: null,
    dialect: null,
    request: {
      target: '/chat',
      headers: [
        ['Authorization', 'Bearer ***'],
        ['X-Tenant', '7'],
        ['Host', '127.0.0.1'],
      ],
    },
    response: null,
  };
  const recording = (messages: readonly (readonly ['sent' | 'received', string])[]) =>
    [
      HEADER,
      { type: 'open', connection: 1, atMs: 0 },
      ...messages.map(([direction, payload], index) => ({
        type: 'message',
        connection: 1,
        index,
        atMs: index,
        direction,
        kind: 'text',
        payloadBytes: Buffer.byteLength(payload),
        text: payload,
        truncated: false,
      })),
    ]
      .map((line) => `${JSON.stringify(line)}\n`)
      .join('');
  const CHAT = recording([
    ['received', '{"type":"welcome","session":"a8f3c2d1e9b7"}'],
    ['sent', '{"type":"join","session":"a8f3c2d1e9b7","price":"${5}"}'],
    ['received', 'ok'],
    ['received', '{"type":"heartbeat"}'],
  ]);

  it('makes steps of a recording, with the ids that go round', async () => {
    const { file } = await toProfile('chat.wsrec', CHAT);
    assert.equal(file.url, 'ws://127.0.0.1/chat');
    assert.deepEqual(file.headers, { 'X-Tenant': '7' });
    assert.deepEqual(file.auth, { type: 'bearer', token: '${secret:authorization}' });
    assert.deepEqual(file.steps, [
      { expect: { jsonPath: '$.type', equals: 'welcome' }, capture: { session: '$.session' } },
      { send: { text: '{"type":"join","session":"${session}","price":"$${5}"}' } },
      { expect: { equals: 'ok' } },
      { expect: { jsonPath: '$.type', equals: 'heartbeat' } },
    ]);
  });

  it('takes the messages that --messages finds', async () => {
    const { file } = await toProfile('chat.wsrec', CHAT, ['--messages', 'not /heartbeat/ not ok']);
    assert.equal(file.steps?.length, 2);
    const bad = await convert(['chat.wsrec', '-', '--to', 'wsprobe', '--messages', 'dir:nowhere']);
    assert.equal(bad.exitCode, 2);
    assert.match(bad.err, /--messages: /);
  });

  it('writes recordings as one another, and overwrites nothing unasked', async () => {
    put('chat.wsrec', CHAT);
    assert.equal((await convert(['chat.wsrec', 'chat.har'])).exitCode, 0);
    assert.equal((await convert(['chat.har', 'chat.jsonl'])).exitCode, 0);
    assert.match(text('chat.jsonl'), /"welcome/);
    const again = await convert(['chat.wsrec', 'chat.har']);
    assert.equal(again.exitCode, 2);
    assert.match(again.err, /chat\.har is there already/);
    assert.equal((await convert(['chat.wsrec', 'chat.har', '--force'])).exitCode, 0);
    assert.equal((await convert(['chat.wsrec', 'chat.wsrec', '--force', '--to', 'jsonl'])).exitCode, 2);
  });

  it('keeps secrets out, names variables of the environment, and tells what is left out', async () => {
    put(
      'a.wsprobe',
      JSON.stringify({
        url: 'wss://${env:HOST}/a?token=hunter2hunter2',
        auth: { type: 'bearer', token: '${secret:api}' },
        steps: [{ send: 'one' }, { expect: { equals: 'two' } }, { send: 'three' }],
        watch: { alertAfter: 2 },
      }),
    );
    for (const to of ['curl', 'websocat', 'wscat', 'http', 'node', 'k6']) {
      const { err, exitCode, out } = await convert(['a.wsprobe', '-', '--to', to]);
      assert.equal(exitCode, 0, err);
      assert.doesNotMatch(out + err, /hunter2|reference-/, to);
      assert.match(out, /WSPROBE_SECRET_API/, to);
      assert.match(out, /HOST/, to);
      assert.match(out, /(#|\/\/) not carried over: watch/, to);
      assert.match(err, /Steps left out: 1 × expect/, to);
    }
  });

  it('keeps address, headers, subprotocols and message through other tools and back', async function () {
    this.timeout(60_000);
    const word = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
    const value = fc.stringMatching(/^[!-~](?:[ -~]{0,20}[!-~])?$/).filter((given) => !/\{\{|\}\}/.test(given));
    const profile = fc.record({
      url: word.map((path) => `ws://127.0.0.1:8080/${path}?a=1`),
      headers: fc.dictionary(
        word.map((name) => `X-Law-${name}`),
        value,
        { maxKeys: 3 },
      ),
      subprotocols: fc.uniqueArray(word, { maxLength: 3 }),
      message: fc.option(
        value.filter((given) => !/^(###|===|<|>)/.test(given)),
        { nil: null },
      ),
    });
    const escaped = (given: string) => given.replaceAll('${', () => '$${');
    await fc.assert(
      fc.asyncProperty(profile, fc.constantFrom('curl', 'websocat', 'wscat', 'http'), async (given, to) => {
        const { headers, message, subprotocols, url } = given;
        const file = {
          url,
          headers: Object.fromEntries(Object.entries(headers).map(([name, each]) => [name, escaped(each)])),
          subprotocols,
          ...(message === null ? {} : { message: { send: { text: escaped(message) } } }),
        };
        put('law.wsprobe', JSON.stringify(file));
        const there = await convert(['law.wsprobe', 'law.txt', '--to', to, '--force']);
        assert.equal(there.exitCode, 0, there.err);
        const back = await convert(['law.txt', '-', '--from', to, '--to', 'wsprobe']);
        assert.equal(back.exitCode, 0, back.err);
        const found = read(back.out);
        assert.equal(found.url, url);
        assert.deepEqual(found.headers ?? {}, file.headers);
        assert.deepEqual(found.subprotocols ?? [], subprotocols);
        if (to !== 'curl') assert.deepEqual(found.message?.send, file.message?.send);
        else if (message !== null) assert.match(there.err, /1 of 1 messages are left out/);
      }),
      { numRuns: 120 },
    );
  });

  it('writes a script for Node that says what the profile says', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    const heard: string[] = [];
    server.on('connection', (socket, request) => {
      heard.push(String(request.headers['x-tenant']));
      socket.on('message', (data: Buffer) => {
        heard.push(data.toString());
        if (heard.length === 3) socket.close(1000);
      });
    });
    try {
      const { port } = server.address() as { port: number };
      put(
        'a.wsprobe',
        JSON.stringify({
          url: `ws://127.0.0.1:${port}/`,
          headers: { 'X-Tenant': '7' },
          steps: [{ send: 'one' }, { send: { json: { two: 2 } } }],
        }),
      );
      assert.equal((await convert(['a.wsprobe', 'a.mjs'])).exitCode, 0);
      symlinkSync(resolve('node_modules'), join(folder, 'node_modules'), 'junction');
      const out = await new Promise<string>((done, fail) =>
        execFile(process.execPath, [join(folder, 'a.mjs')], (error, stdout) => (error ? fail(error) : done(stdout))),
      );
      assert.match(out, /Closed: 1000/);
      assert.deepEqual(heard, ['7', 'one', '{"two":2}']);
    } finally {
      server.close();
    }
  });

  it('writes a script for k6 that is a module, whatever the profile has', async () => {
    put(
      'a.wsprobe',
      JSON.stringify({
        url: 'wss://127.0.0.1/',
        auth: { type: 'basic', username: 'ann', password: '${secret:p}' },
        tls: { rejectUnauthorized: false },
        message: { send: { text: "it's\n" }, expect: { jsonPath: '$.a[0].type', equals: 'x' } },
      }),
    );
    assert.equal((await convert(['a.wsprobe', 'a.js'])).exitCode, 0);
    put('k6.mjs', text('a.js'));
    await new Promise<void>((done, fail) =>
      execFile(process.execPath, ['--check', join(folder, 'k6.mjs')], (error) => (error ? fail(error) : done())),
    );
    assert.match(text('a.js'), /k6\/websockets/);
    assert.match(text('a.js'), /JSON\.parse\(data\)\?\.a\?\.\[0\]\?\.type === 'x'/);
  });

  it('says what it does not do', async () => {
    put('a.wsprobe', '{"url":"ws://h/"}');
    for (const [argv, said] of [
      [['a.wsprobe', 'b.yaml'], /a monitor is read and not written/],
      [['a.js', 'b.wsprobe'], /k6 is written and not read/],
      [['a.wsprobe', 'b.wsprobe'], /it is wsprobe already/],
      [['a.wsprobe', 'b.js', '--from', 'xml'], /--from: xml is no format/],
      [['a.wsprobe', 'b.js', '--messages', 'x'], /--messages chooses what of a recording/],
      [['none.http', 'b.wsprobe'], /cannot read none\.http \(ENOENT\)/],
    ] as const) {
      const { err, exitCode } = await convert(argv);
      assert.equal(exitCode, 2);
      assert.match(err, said);
    }
  });
});
