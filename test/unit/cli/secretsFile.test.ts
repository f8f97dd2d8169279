import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../../src/cli/main.js';
import { COMMAND_OPTIONS } from '../../../src/cli/optionTable.js';
import { UpgradeServer } from '../../support/upgradeServer.js';
import { fakeIo } from './fakeIo.js';

/** What a command is given beside its options, where that is no profile alone. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  lab: ['handshake', 'a.wsprobe'],
  tap: ['--target', 'ws://127.0.0.1:1/'],
  replay: ['a.wsrec', 'ws://127.0.0.1:1/'],
};

describe('--secrets-file', () => {
  let folder = '';
  let server: UpgradeServer;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'wsprobe-'));
    server = await UpgradeServer.start();
    const auth = { type: 'basic', username: '${secret:user}', password: '${secret:my-pass}' };
    writeFileSync(join(folder, 'a.wsprobe'), JSON.stringify({ url: server.url(), auth, expect: { holdMs: 0 } }));
  });
  afterEach(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  const probe = async (text: string | null, more: readonly string[] = [], mode = 0o600) => {
    const file = join(folder, 'secrets');
    if (text !== null) writeFileSync(file, text, { mode });
    if (text !== null) chmodSync(file, mode);
    const io = fakeIo({ cwd: folder });
    const code = await runCli(['probe', 'a.wsprobe', '--json', '--secrets-file', 'secrets', ...more], io);
    const sent = server.asked.at(-1)?.headers.authorization?.replace('Basic ', '') ?? '';
    return { code, io, sent: Buffer.from(sent, 'base64').toString('utf8') };
  };

  it('holds lines, their values as they stand', async () => {
    const { code, io, sent } = await probe('\uFEFF# of orders\r\n\r\nuser = "me"\r\nmy-pass=a=b # c\r\n');
    assert.equal(code, 0, io.err());
    assert.equal(sent, ' "me":a=b # c');
    assert.equal(io.err(), '');
    assert.doesNotMatch(io.out(), /a=b/);
  });

  it('holds an object in JSON, and --secret wins', async () => {
    const { sent } = await probe('{ "user": "me", "my-pass": "file" }', ['--secret', 'my-pass=given']);
    assert.equal(sent, 'me:given');
  });

  it('is told of when others can read it', async function () {
    if (process.platform === 'win32') return this.skip();
    const { code, io } = await probe('user=me\nmy-pass=x', [], 0o644);
    assert.equal(code, 0);
    assert.match(io.err(), /others can read secrets: chmod 600/);
  });

  const BAD: [name: string, text: string | null, words: RegExp][] = [
    ['no file', null, /cannot read secrets \(ENOENT\)/],
    ['a line that is none', 'user=me\ncanary', /secrets:2: no NAME=value/],
    ['a name that is none', '#\nmy pass=canary', /secrets:2: a name is letters/],
    ['broken JSON', '{ "user": "canary"', /is no JSON/],
    ['numbers', '{ "user": 1 }', /must be a text/],
    ['too much', 'a'.repeat((1 << 20) + 1), /secrets/],
  ];
  for (const [name, text, words] of BAD) {
    it(`refuses ${name}, and quotes nothing of it`, async () => {
      const { code, io } = await probe(text);
      assert.equal(code, 2);
      assert.match(io.err(), words);
      assert.doesNotMatch(io.err(), /canary|aaaa/);
      assert.equal(server.asked.length, 0);
    });
  }

  it('is a regular file', async () => {
    mkdirSync(join(folder, 'secrets'));
    const { code, io } = await probe(null);
    assert.equal(code, 2);
    assert.match(io.err(), /--secrets-file/);
  });

  for (const [name, groups] of Object.entries(COMMAND_OPTIONS)) {
    if (!Object.values(groups).some((group) => 'secrets-file' in group)) continue;
    it(`is read by ${name}, before anything is done`, async () => {
      const io = fakeIo({ cwd: folder });
      const code = await runCli([name, '--secrets-file', 'none', ...(NEEDED[name] ?? ['a.wsprobe'])], io);
      assert.equal(code, 2);
      assert.match(io.err(), /--secrets-file: cannot read none \(ENOENT\)/);
      assert.equal(server.asked.length, 0);
    });
  }
});
