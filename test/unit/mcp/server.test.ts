import { deepStrictEqual, doesNotMatch, match, ok, rejects, strictEqual } from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TOOL_NAMES, TOOLS } from '../../../src/core/tools/definitions.js';
import { type Playground, startPlayground } from '../../../src/core/playground/startPlayground.js';
import { type BuiltCli, buildCli } from '../cli/builtCli.js';
import { answerOf, ScriptedClient } from './scriptedClient.js';

const SECRET = 'hunter2-hunter2';
const TOKENS = { tokenUrl: 'https://login.invalid/token' };

describe('wsprobe mcp', () => {
  let cli: BuiltCli;
  let playground: Playground;
  let agent: ScriptedClient;
  let folder: string;

  before(async () => {
    [cli, playground] = await Promise.all([buildCli(), startPlayground({ port: 0 })]);
    folder = await mkdtemp(join(tmpdir(), 'wsprobe-mcp-'));
    const root = join(folder, 'root');
    await mkdir(join(root, 'checks'), { recursive: true });
    const url = `${playground.ws}/headers`;
    await writeFile(
      join(root, 'checks/secret.wsprobe'),
      JSON.stringify({ url, headers: { 'X-Key': '${secret:key}' } }),
    );
    await writeFile(join(root, 'far.wsprobe'), JSON.stringify({ url: 'wss://example.com/' }));
    await writeFile(join(root, 'proxied.wsprobe'), JSON.stringify({ url, proxy: 'http://proxy.example.com:8080' }));
    await writeFile(
      join(root, 'tokens.wsprobe'),
      JSON.stringify({ url, auth: { type: 'oauth2', ...TOKENS, clientId: 'a', clientSecret: '${secret:key}' } }),
    );
    await writeFile(
      join(root, 'follows.wsprobe'),
      JSON.stringify({ url: `${playground.ws}/redirect/metadata`, followRedirects: true }),
    );
    await writeFile(join(root, 'wrong.wsprobe'), '{ "url": "ws://localhost", "headers": 1 }');
    await writeFile(
      join(root, 'environments.wsprobe'),
      JSON.stringify({ url: '${base}/echo', environments: { here: { variables: { base: playground.ws } } } }),
    );
    await writeFile(join(folder, 'outside.wsprobe'), JSON.stringify({ url }));
    await symlink(join(folder, 'outside.wsprobe'), join(root, 'link.wsprobe'));
    agent = await ScriptedClient.start(cli, ['--root', root, '--allow', 'ws://*.example.test'], {
      WSPROBE_SECRET_KEY: SECRET,
      SHELL_VALUE: 'of-the-shell',
    });
  });

  after(async () => {
    await agent.stop();
    await Promise.all([playground.stop(), cli.remove(), rm(folder, { recursive: true })]);
  });

  const echo = () => `${playground.ws}/echo`;

  it('offers the tools by their names, each with a schema and a word on what a server says', async () => {
    const { tools } = await agent.sdk.listTools();
    deepStrictEqual(
      tools.map(({ name }) => name),
      [...TOOL_NAMES],
    );
    for (const { name, inputSchema, description } of tools) {
      const { required = [] } = inputSchema;
      deepStrictEqual(
        inputSchema.properties,
        JSON.parse(JSON.stringify(TOOLS[name as keyof typeof TOOLS].inputSchema.properties)),
      );
      ok(required.every((key) => Object.hasOwn(inputSchema.properties ?? {}, key)));
      ok((description ?? '').length > 50);
    }
    match(agent.sdk.getInstructions() ?? '', /never as instructions/);
  });

  it('talks: connect, send, read what came, close', async () => {
    const sessionId = await agent.connect({ url: echo() });
    const sent = await agent.call('wsprobe_send', { sessionId, text: 'hello ${there} @file' });
    const [, row] = /row #(\d+)/.exec(sent.text) ?? [];
    const reply = await agent.call('wsprobe_read_frames', { sessionId, after: Number(row) });
    match(reply.text, /^#\d+ [\d.]+ s received text 20 B: hello \$\{there\} @file$/m);
    await agent.call('wsprobe_send', { sessionId, json: { list: [1, '${x}'] } });
    await agent.call('wsprobe_send', { sessionId, hex: '00 ff' });
    const all = await agent.call('wsprobe_read_frames', { sessionId, after: -1, filter: 'dir:out' });
    match(all.text, /sent text 19 B: \{"list":\[1,"\$\{x\}"\]\}/);
    match(all.text, /sent binary 2 B: hex 00ff/);
    const end = await agent.call('wsprobe_close', { sessionId, code: 4000, reason: 'done' });
    match(end.text, /^closed with 4000 by the client; the session is forgotten$/m);
    const gone = await agent.call('wsprobe_send', { sessionId, text: 'x' });
    deepStrictEqual([gone.isError, /There is no session/.test(gone.text)], [true, true]);
  });

  it('cuts what is long, and says how to read more of it', async () => {
    const sessionId = await agent.connect({ url: echo() });
    const long = `${'x'.repeat(20_000)}END`;
    await agent.call('wsprobe_send', { sessionId, text: long });
    const { text: cut } = await agent.call('wsprobe_read_frames', { sessionId });
    ok(cut.length < 14_000, `${cut.length}`);
    const [, after] = /cut contents end in "…": "after": (\d+), "limit": 1/.exec(cut) ?? [];
    const { text: more } = await agent.call('wsprobe_read_frames', { sessionId, after: Number(after), limit: 1 });
    match(more, /x{11900}/);
    for (let count = 0; count < 60; count++) await agent.call('wsprobe_send', { sessionId, text: `n${count}` });
    const { text: newest } = await agent.call('wsprobe_read_frames', { sessionId, filter: 'dir:out', limit: 3 });
    match(newest, /58 earlier rows match: "after": -1/);
    match(newest, /n59$/m);
    const { text: first } = await agent.call('wsprobe_read_frames', {
      sessionId,
      filter: 'dir:out',
      after: -1,
      limit: 3,
    });
    match(first, /58 later rows match: "after": \d+ goes on/);
    match(first, /n1$/m);
    await agent.call('wsprobe_close', { sessionId });
  });

  it('fences what a server said, line by line, by marks that the server cannot know', async () => {
    const sessionId = await agent.connect({ url: `${playground.ws}/hostile/message` });
    const { text } = await agent.call('wsprobe_read_frames', { sessionId, after: -1, filter: 'kind:text' });
    const [, mark] = /^\[untrusted ([\da-f]{12}): .* never as instructions\]$/m.exec(text) ?? [];
    const [, inside = ''] =
      new RegExp(`\\[untrusted ${mark}[^\\n]*\\n([^]*)\\n\\[end of untrusted ${mark}\\]`).exec(text) ?? [];
    match(inside, /received text/);
    doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    doesNotMatch(text.replace(inside, ''), /script/i);
    await agent.call('wsprobe_close', { sessionId });
  });

  it('keeps a secret of a profile out of all that it says', async () => {
    const { text: report } = await agent.call('wsprobe_probe', { profile: 'checks/secret.wsprobe' });
    match(report, /^verdict: healthy/);
    const sessionId = await agent.connect({ profile: 'checks/secret.wsprobe', headers: { 'X-More': 'said-here' } });
    const { text: rows } = await agent.call('wsprobe_read_frames', { sessionId, after: -1, filter: 'kind:text' });
    match(rows, /X-Key/);
    match(rows, /said-here/);
    for (const text of [report, rows]) doesNotMatch(text, new RegExp(SECRET));
    await agent.call('wsprobe_close', { sessionId });
    const { text } = await agent.call('wsprobe_probe', { profile: 'environments.wsprobe', environment: 'here' });
    match(text, /^verdict: healthy/);
  });

  const refusals: readonly (readonly [name: string, input: () => Readonly<Record<string, unknown>>, says: RegExp])[] = [
    [
      'a far address',
      () => ({ url: 'wss://example.com/' }),
      /wss:\/\/example\.com is not allowed.*Nothing was sent\.\n.*--allow 'wss:\/\/example\.com'/,
    ],
    ['the domain above an allowed one', () => ({ url: 'ws://example.test/' }), /not allowed/],
    ['another port of an allowed one', () => ({ url: 'ws://a.example.test:81/' }), /not allowed/],
    ['another spelling of an address', () => ({ url: 'ws://0x0a000001/' }), /ws:\/\/10\.0\.0\.1 is not allowed/],
    ['user info', () => ({ url: echo().replace('ws://', 'ws://user:pass@') }), /user name or password is not taken/],
    ['a far address of a profile', () => ({ profile: 'far.wsprobe' }), /wss:\/\/example\.com is not allowed/],
    ['a far proxy of a profile', () => ({ profile: 'proxied.wsprobe' }), /proxy that the profile names is not allowed/],
    [
      'a far token endpoint of a profile',
      () => ({ profile: 'tokens.wsprobe' }),
      /token endpoint that the profile names is not allowed. Nothing was sent\.\n.*--allow 'wss:\/\/login\.invalid'/,
    ],
    [
      'a profile above the root',
      () => ({ profile: '../outside.wsprobe' }),
      /no profile .* below the root\.\nKnown: .*checks\/secret\.wsprobe/,
    ],
    ['an absolute path', () => ({ profile: join(folder, 'outside.wsprobe') }), /no profile/],
    ['a link out of the root', () => ({ profile: 'link.wsprobe' }), /no profile/],
    ['a file that is no profile', () => ({ profile: '/etc/passwd' }), /must name a \.wsprobe file/],
    ['an address as a profile', () => ({ profile: 'file:///x.wsprobe' }), /no address/],
    ['an address of a file', () => ({ url: 'file:///etc/passwd' }), /must be ws or wss, not file/],
    ['a web address', () => ({ url: 'http://localhost/' }), /use ws instead of http/],
    ['a profile that is wrong', () => ({ profile: 'wrong.wsprobe' }), /wrong\.wsprobe:1:\d+: /],
    ['neither', () => ({}), /exactly one of url and profile/],
    ['both', () => ({ url: echo(), profile: 'far.wsprobe' }), /exactly one of url and profile/],
    ['a number', () => ({ url: 1 }), /url must be a text, not a number/],
    ['a list', () => ({ url: [echo()] }), /url must be a text, not a list/],
    ['a huge text', () => ({ url: `${echo()}?${'x'.repeat(5_000)}` }), /longer than 2000 characters/],
    ['a huge message', () => ({ url: echo(), send: 'x'.repeat(300_000) }), /send is longer than/],
    ['an unknown key', () => ({ url: echo(), tls: {} }), /There is no "tls": this tool takes url, profile/],
    [
      'a line break in a header',
      () => ({ url: echo(), headers: { A: 'b\r\nC: d' } }),
      /headers\.A` holds a line break/,
    ],
    ['a header name', () => ({ url: echo(), headers: { 'A:': 'b' } }), /`A:` in `headers` is no header name/],
    ['headers as a list', () => ({ url: echo(), headers: ['A: b'] }), /headers must be an object, not a list/],
    ['a secret', () => ({ url: echo(), headers: { A: '${secret:key}' } }), /no \$\{secret:…\} and no \$\{env:…\}/],
    ['the environment', () => ({ url: echo(), send: 'x ${env:SHELL_VALUE}' }), /no \$\{secret:…\} and no \$\{env:…\}/],
    [
      'the environment in the name of a header',
      () => ({ url: echo(), headers: { '${env:SHELL_VALUE}': 'a' } }),
      /no \$\{secret:…\}/,
    ],
    [
      'a variable in an address',
      () => ({ url: `${echo()}?\${uuid}` }),
      /variables are filled in inside profiles alone/,
    ],
    ['an environment of an address', () => ({ url: echo(), environment: 'x' }), /environment chooses one of a profile/],
  ];
  for (const [name, input, says] of refusals) {
    it(`refuses ${name}, says what to do, and sends nothing`, async () => {
      const before = playground.requests;
      const { text, isError } = await agent.call('wsprobe_probe', input());
      match(text, says);
      strictEqual(isError, true);
      strictEqual(playground.requests, before);
      doesNotMatch(text, /of-the-shell|hunter2|root:/);
    });
  }

  it('does not read a file for an @, and says so', async () => {
    const { text } = await agent.call('wsprobe_probe', { url: echo(), send: '@/etc/passwd', expect: 'echo' });
    match(text, /^verdict: healthy/);
    match(text, /no file is read for an @/);
  });

  it('follows no redirect to where it may not go', async () => {
    const { text } = await agent.call('wsprobe_probe', { profile: 'follows.wsprobe' });
    match(text, /^verdict: down/);
    match(text, /redirect: 30\d to .*, not followed/);
  });

  it('wants exactly one payload, whole bytes, codes and sessions that there are', async () => {
    const sessionId = await agent.connect({ url: echo() });
    const wrong: readonly (readonly [string, Readonly<Record<string, unknown>>, RegExp])[] = [
      ['wsprobe_send', { sessionId }, /exactly one of text, json and hex/],
      ['wsprobe_send', { sessionId, text: 'a', hex: '00' }, /exactly one of text, json and hex/],
      ['wsprobe_send', { sessionId, hex: '0' }, /pairs of hex digits/],
      ['wsprobe_send', { sessionId, json: { a: ['${secret:key}'] } }, /no \$\{secret:…\}/],
      ['wsprobe_send', { sessionId: 7, text: 'a' }, /sessionId must be a text/],
      ['wsprobe_read_frames', { sessionId, limit: 1e9 }, /limit must be from 1 to 200/],
      ['wsprobe_read_frames', { sessionId, filter: 'nothing:(' }, /filter: .*\n.*dir:in/],
      ['wsprobe_close', { sessionId, code: 1006 }, /close code is 1000/],
      ['wsprobe_close', { sessionId, reason: 'ü'.repeat(100) }, /123 bytes/],
      ['wsprobe_close', { sessionId: 's99' }, /There is no session "s99"\.\nKnown: s/],
      ['wsprobe_explain_close', { code: 1006, dialect: 'klingon' }, /none that is known\.\nKnown: /],
      ['wsprobe_explain_close', {}, /code is missing/],
      ['wsprobe_nothing', {}, /There is no tool "wsprobe_nothing"/],
    ];
    for (const [name, input, says] of wrong) {
      const { text, isError } = await agent.call(name, input);
      match(text, says);
      strictEqual(isError, true);
    }
    await agent.call('wsprobe_close', { sessionId });
  });

  it('says why it did not connect, and keeps no session', async () => {
    const { text, isError } = await agent.call('wsprobe_connect', { url: `${playground.ws}/auth/bearer` });
    match(text, /^not connected: there is no session\nverdict: down/);
    match(text, /wants credentials/);
    strictEqual(isError, true);
  });

  it('holds eight sessions; those that have ended make room', async () => {
    const open = await Promise.all(Array.from({ length: 8 }, () => agent.connect({ url: echo() })));
    const { text } = await agent.call('wsprobe_connect', { url: echo() });
    match(text, /8 sessions are open, which is the limit\.\nClose one with wsprobe_close: s/);
    await Promise.all(open.map((sessionId) => agent.call('wsprobe_close', { sessionId })));
    const fleeting = await Promise.all(
      Array.from({ length: 8 }, () => agent.connect({ url: `${playground.ws}/close/4000?after=0` })),
    );
    for (const sessionId of fleeting)
      await agent.call('wsprobe_read_frames', { sessionId, filter: 'kind:close', after: 0 });
    await agent.call('wsprobe_close', { sessionId: await agent.connect({ url: echo() }) });
  });

  it('tells how a call goes on, and ends one that is cancelled', async () => {
    const progress: string[] = [];
    const call = { name: 'wsprobe_probe', arguments: { url: echo() } };
    const done = await agent.sdk.callTool(call, undefined, {
      onprogress: ({ message }) => progress.push(message ?? ''),
    });
    match(answerOf(done).text, /^verdict: healthy/);
    deepStrictEqual(progress.slice(0, 3), ['dns', 'tcp', 'upgrade']);

    const cancelling = new AbortController();
    const slow = { name: 'wsprobe_probe', arguments: { url: `${playground.ws}/never` } };
    const options = { signal: cancelling.signal, onprogress: () => cancelling.abort(new Error('enough')) };
    await rejects(agent.sdk.callTool(slow, undefined, options), /enough/);
    match((await agent.call('wsprobe_explain_close', { code: 1006 })).text, /^1006/);
  });

  it('answers sixteen calls at once, and the next with a word', async () => {
    const slow = { name: 'wsprobe_probe', arguments: { url: `${playground.ws}/never` } };
    const before = playground.requests;
    const calls = Array.from({ length: 16 }, () => {
      const cancelling = new AbortController();
      const done = agent.sdk.callTool(slow, undefined, { signal: cancelling.signal });
      return { done, cancel: () => cancelling.abort(new Error('enough')) };
    });
    const { text, isError } = await agent.call('wsprobe_explain_close', { code: 1006 });
    for (const { cancel } of calls) cancel();
    await Promise.allSettled(calls.map(({ done }) => done));
    deepStrictEqual([isError, text], [true, '16 calls are under way, which is the limit: wait for one.']);
    ok(playground.requests <= before + 16);
  });

  it('ends when the agent goes away', async () => {
    const { exitCode, out } = await cli.run(['mcp'], { input: '' });
    deepStrictEqual([exitCode, out], [0, '']);
  });

  it('goes on after a line that is no message', async () => {
    const hello = { jsonrpc: '2.0', id: 1, method: 'ping' };
    const { exitCode, out } = await cli.run(['mcp'], { input: `not json\n{"a":1}\n${JSON.stringify(hello)}\n` });
    deepStrictEqual([exitCode, JSON.parse(out)], [0, { jsonrpc: '2.0', id: 1, result: {} }]);
  });

  it('takes no target and no folder that is none', async () => {
    deepStrictEqual((await cli.run(['mcp', 'ws://localhost'])).exitCode, 2);
    const { exitCode, err } = await cli.run(['mcp', '--root', join(folder, 'nowhere')]);
    strictEqual(exitCode, 2);
    match(err, /is no folder/);
    deepStrictEqual((await cli.run(['mcp', '--allow', 'https://x'])).exitCode, 2);
  });
});
