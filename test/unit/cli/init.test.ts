import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../../src/cli/main.js';
import { parseProfile } from '../../../src/core/profile/parse.js';
import { fakeIo } from './fakeIo.js';
import { assertGolden } from './golden.js';

describe('wsprobe init', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'wsprobe-init-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function init(argv: readonly string[], stdin = '') {
    const io = fakeIo({ cwd: folder, stdin });
    return { exitCode: await runCli(['init', ...argv], io), out: io.out(), err: io.err() };
  }
  const read = (name: string) => {
    const { file, problems } = parseProfile(readFileSync(join(folder, name), 'utf8'));
    assert.deepEqual(problems, []);
    return file;
  };

  it('writes a profile that is named after its host, and says its name', async () => {
    const { exitCode, out, err } = await init(['wss://orders.example.com:8443/socket']);
    assert.equal(exitCode, 0);
    assert.equal(out, 'orders.example.com-8443.wsprobe\n');
    assert.equal(err, '');
    assert.equal(read('orders.example.com-8443.wsprobe')?.url, 'wss://orders.example.com:8443/socket');
  });

  it('writes one for the playground when nothing is named', async () => {
    assert.equal((await init([])).out, '127.0.0.1-4480.wsprobe\n');
    assert.equal(read('127.0.0.1-4480.wsprobe')?.url, 'ws://127.0.0.1:4480/echo');
  });

  it('overwrites nothing without --force', async () => {
    writeFileSync(join(folder, 'h.wsprobe'), 'mine');
    const { exitCode, out, err } = await init(['ws://h/']);
    assert.equal(exitCode, 2);
    assert.equal(out, '');
    assert.match(err, /h\.wsprobe is there already\n +--force overwrites it, --output names another/);
    assert.equal(readFileSync(join(folder, 'h.wsprobe'), 'utf8'), 'mine');
    assert.equal((await init(['ws://h/', '--force'])).exitCode, 0);
    assert.equal(read('h.wsprobe')?.url, 'ws://h/');
  });

  it('writes where --output says, for its owner alone', async () => {
    assert.equal((await init(['-o', 'mine.wsprobe', 'ws://h/'])).out, 'mine.wsprobe\n');
    if (process.platform !== 'win32') assert.equal(statSync(join(folder, 'mine.wsprobe')).mode & 0o777, 0o600);
    const { out } = await init(['--output', '-', 'ws://h/']);
    assert.equal(parseProfile(out).file?.url, 'ws://h/');
    assert.deepEqual(readdirSync(folder), ['mine.wsprobe']);
  });

  const CURL = ['curl', '-N', '-H', 'Authorization: Bearer hunter2', '-H', "X-It's: 1", '-b', 'sid=hunter3'];
  it('makes secrets of credentials, and names them and what a profile cannot say', async () => {
    const { exitCode, out, err } = await init(['-o', '-', ...CURL, '--max-time', '3', 'https://h/?token=hunter4']);
    assert.equal(exitCode, 0);
    assert.doesNotMatch(out + err, /hunter/);
    assertGolden('init-curl', `${out}${err}`);
  });

  it('reads a command line in quotes, behind a dash and as words alike', async () => {
    const words = ['wscat', '-c', 'wss://h/x', '-s', 'chat', '-x', 'hello there'];
    const command = "wscat -c wss://h/x -s chat -x 'hello there'";
    const texts = [
      (await init(['-o', '-', ...words])).out,
      (await init(['-o', '-', command])).out,
      (await init(['-o', '-', '-'], `${command}\n`)).out,
    ];
    assert.equal(new Set(texts).size, 1);
    const { file } = parseProfile(texts[0]!);
    assert.equal(file?.url, 'wss://h/x');
    assert.deepEqual(file?.subprotocols, ['chat']);
    assert.match(texts[0]!, /"text": "hello there"/);
  });

  it('keeps the variables of a command line as references', async () => {
    const { out } = await init(['-o', '-', 'websocat "wss://$HOST/x" -H "X-Key: $KEY" -H \'X-Plain: ${env:A}\'']);
    assert.match(out, /"url": "wss:\/\/\$\{env:HOST\}\/x"/);
    assert.match(out, /"X-Key": "\$\{env:KEY\}"/);
    assert.match(out, /"X-Plain": "\$\$\{env:A\}"/);
  });

  for (const [argv, message] of [
    [['http://h/'], /starts with ws:\/\//],
    [['wss://'], /./],
    [['ws://a/', 'ws://b/'], /init wants one URL or one command line/],
    [['ws://a/', 'curl', 'ws://b/'], /init wants one URL or one command line/],
    [['curl'], /The curl command has no URL/],
    [['wget https://h/'], /no curl, websocat or wscat command/],
    [["curl 'https://h/"], /The command cannot be read/],
    [['curl $(id) https://h/'], /command substitution/],
    [['ws://h/', '-o', 'no/such/folder.wsprobe'], /cannot write no\/such\/folder\.wsprobe \(ENOENT\)/],
    [['-'], /no curl, websocat or wscat command/],
  ] as const) {
    it(`refuses init ${argv.join(' ')}`, async () => {
      const { exitCode, out, err } = await init(argv);
      assert.match(err, message);
      assert.equal(out, '');
      assert.equal(exitCode, 2);
      assert.ok(!existsSync(join(folder, 'no')));
      assert.deepEqual(readdirSync(folder), []);
    });
  }
});
