import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as fc from 'fast-check';
import { WebSocketServer } from 'ws';
import { runCli } from '../../../src/cli/main.js';
import { FORMAT_NAMES } from '../../../src/cli/optionTable.js';
import { conversation } from '../../../src/core/convert/conversation.js';
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

  const SEVERAL = [
    '### first',
    'WEBSOCKET ws://h/1',
    '{"op":"no empty line before"}',
    '### second',
    '# @name = second',
    'WS ws://h/2',
    '',
    'hi',
    '{{@streaming',
    '  ws.send("scripted");',
    '}}',
    '### page',
    'GET http://h/',
  ].join('\n');

  it('reads the one of several requests that is asked for, and names the others', async () => {
    const first = await toProfile('several.http', SEVERAL);
    assert.equal(first.file.url, 'ws://h/1');
    assert.deepEqual(first.file.message?.send, { text: '{"op":"no empty line before"}' });
    assert.match(first.err, /not carried over: second \(--request 2\)/);
    assert.match(first.err, /not carried over: request page/);
    for (const wanted of ['2', 'second']) {
      const { err, file } = await toProfile('several.http', SEVERAL, ['--request', wanted]);
      assert.deepEqual([file.url, file.name, file.message?.send], ['ws://h/2', 'second', { text: 'hi' }]);
      assert.match(err, /first \(--request 1\)/);
      assert.match(err, /not carried over: script \{\{@streaming/);
    }
    for (const [argv, said] of [
      [['several.http', '-', '--to', 'wsprobe', '--request', '3'], /has no one request 3[^]*It has: 1 first, 2 second/],
      [['several.http', '-', '--to', 'wsprobe', '--request', ''], /has no one request/],
      [['a.wsprobe', '-', '--to', 'curl', '--request', '1'], /--request chooses one of several/],
    ] as const) {
      put('a.wsprobe', '{"url":"ws://h/"}');
      const { err, exitCode } = await convert(argv);
      assert.equal(exitCode, 2);
      assert.match(err, said);
    }
    const monitors =
      'monitors:\n- { name: a, url: "ws://h/a" }\n- { name: b, url: "ws://h/b" }\n- { url: "http://h" }\n';
    const second = await toProfile('m.yaml', monitors, ['--request', 'b']);
    assert.equal(second.file.url, 'ws://h/b');
    assert.match(second.err, /a \(--request 1\)[^]*|monitor 3/);
    const commands = await toProfile('lines.txt', 'curl ws://h/1\nwscat -c ws://h/2\n', ['--request', '2']);
    assert.equal(commands.file.url, 'ws://h/2');
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

  const saidOf = ({ message, steps }: Pick<ProfileFile, 'message' | 'steps'>) => ({ send: message?.send, steps });

  it('keeps address, headers, subprotocols and messages through other tools and back', async function () {
    this.timeout(180_000);
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
      messages: fc.array(
        fc.oneof(
          { weight: 3, arbitrary: value.filter((given) => !/^(###|===|<|>)/.test(given)).map((said) => ({ said })) },
          { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 8 }).map((bytes) => ({ bytes })) },
        ),
        { maxLength: 3 },
      ),
    });
    type Given = { readonly said: string } | { readonly bytes: Uint8Array };
    const isText = (each: Given) => 'said' in each;
    /** What each form can hold; the rest is told. */
    const held: Readonly<Record<string, (messages: readonly Given[]) => readonly Given[]>> = {
      curl: () => [],
      wscat: (messages) => messages.filter(isText),
      http: (messages) => messages.filter(isText),
      websocat: (messages) => (messages.every(isText) ? messages : messages.slice(0, 1)),
    };
    const escaped = (given: string) => given.replaceAll('${', () => '$${');
    await fc.assert(
      fc.asyncProperty(profile, fc.constantFrom('curl', 'websocat', 'wscat', 'http'), async (given, to) => {
        const { headers, messages, subprotocols, url } = given;
        const sent = (each: Given) =>
          'said' in each ? { text: escaped(each.said) } : { base64: Buffer.from(each.bytes).toString('base64') };
        const said = (all: readonly Given[]) => conversation(all.map((each) => ({ send: sent(each) })));
        const file = {
          url,
          headers: Object.fromEntries(Object.entries(headers).map(([name, each]) => [name, escaped(each)])),
          subprotocols,
          ...said(messages),
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
        const kept = held[to]!(messages);
        assert.deepEqual({ send: found.message?.send, steps: found.steps }, saidOf(said(kept)));
        if (kept.length < messages.length) assert.match(there.err, /left out/);
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

  /** What k6 has of its modules, over Node and `ws`: as its documentation describes them. */
  const K6_MODULES: Readonly<Record<string, string>> = {
    'package.json': JSON.stringify({
      name: 'k6',
      exports: Object.fromEntries(
        ['.', './encoding', './timers', './websockets'].map((name) => [name, `./${name.slice(2) || 'k6'}.mjs`]),
      ),
    }),
    'k6.mjs': `export function check(value, sets) {
      for (const [name, holds] of Object.entries(sets)) console.log(name + ': ' + holds(value));
    }`,
    'encoding.mjs': `export default {
      b64encode: (input) => Buffer.from(input).toString('base64'),
      b64decode: (input) => { const { buffer, byteOffset, length } = Buffer.from(input, 'base64'); return buffer.slice(byteOffset, byteOffset + length); },
    };`,
    'timers.mjs': 'export const { setTimeout, clearTimeout } = globalThis;',
    'websockets.mjs': `import Ws from 'ws';
      export class WebSocket {
        #ws;
        constructor(url, protocols, { compression, headers = {} } = {}) {
          if (protocols !== null && protocols.length === 0) throw new Error('no empty list');
          this.#ws = new Ws(url, protocols ?? [], { headers, perMessageDeflate: compression === 'deflate' });
        }
        set binaryType(type) { this.#ws.binaryType = type; }
        addEventListener(name, listener) { this.#ws.addEventListener(name, listener); }
        send(data) { this.#ws.send(data); }
        close() { this.#ws.close(); }
      }`,
  };

  /** Runs a script as k6 would run one iteration. */
  async function runK6(script: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
    const modules = join(folder, 'node_modules');
    mkdirSync(join(modules, 'k6'), { recursive: true });
    for (const [name, content] of Object.entries(K6_MODULES)) put(join('node_modules', 'k6', name), content);
    if (!existsSync(join(modules, 'ws'))) symlinkSync(resolve('node_modules/ws'), join(modules, 'ws'), 'junction');
    put('script.mjs', script);
    put('run.mjs', `globalThis.__ENV = ${JSON.stringify(env)};\n(await import('./script.mjs')).default();`);
    return new Promise((done, fail) =>
      execFile(process.execPath, [join(folder, 'run.mjs')], { timeout: 20_000 }, (error, stdout) =>
        error ? fail(error) : done(stdout),
      ),
    );
  }

  it('writes a script for k6 that connects, sends and judges, whatever the profile has', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    const heard: string[] = [];
    server.on('connection', (socket, request) => {
      heard.push(request.headers.authorization ?? String(request.headers['x-many'] ?? ''));
      socket.on('message', (data: Buffer, binary) => {
        heard.push(data.toString('base64'));
        socket.send(data, { binary });
      });
    });
    const { port } = server.address() as { port: number };
    const url = `ws://127.0.0.1:${port}/`;
    const scriptOf = async (profile: object) => {
      put('a.wsprobe', JSON.stringify({ url, ...profile }));
      const { err, exitCode } = await convert(['a.wsprobe', 'a.js', '--force']);
      assert.equal(exitCode, 0, err);
      heard.length = 0;
      return { err, out: await runK6(text('a.js'), { WSPROBE_SECRET_P: 'pass' }) };
    };
    try {
      const told = 'connected: true\nreply as expected: true\n';
      const signedIn = { auth: { type: 'basic', username: 'ann', password: '${secret:p}' } };
      const said = `it's\n\u2028"`;
      const one = await scriptOf({ ...signedIn, message: { send: { text: said }, expect: 'echo' } });
      assert.equal(one.out, told);
      assert.deepEqual(heard, [
        `Basic ${Buffer.from('ann:pass').toString('base64')}`,
        Buffer.from(said).toString('base64'),
      ]);
      const bytes = await scriptOf({ message: { send: { base64: 'AP8B' }, expect: 'echo' } });
      assert.deepEqual([bytes.out, heard[1]], [told, 'AP8B']);
      const several = await scriptOf({
        subprotocols: [],
        steps: [{ send: 'a' }, { send: { hex: '00' } }, { send: 'b' }],
      });
      assert.deepEqual([several.out, heard.slice(1)], [told, ['YQ==', 'AA==', 'Yg==']]);
      assert.equal((await scriptOf({})).out, 'connected: true\n');
      assert.doesNotMatch(one.err, /not checked/);
      const listed = await scriptOf({ headers: { 'X-Many': ['one', 'two'] } });
      assert.deepEqual(heard, ['one, two']);
      assert.match(listed.err, /k6 sends the values of X-Many as a list in one header/);
      const typed = { send: { json: { a: [{ type: 'x' }] } }, expect: { jsonPath: '$.a[0].type', equals: 'x' } };
      assert.equal((await scriptOf({ message: typed })).out, told);
      const other = { send: 'no', expect: { contains: 'yes' } };
      const short = { timeouts: { upgradeMs: 300, messageMs: 100 } };
      assert.match((await scriptOf({ message: other, ...short })).out, /reply as expected: false/);
    } finally {
      for (const client of server.clients) client.terminate();
      server.close();
    }
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
