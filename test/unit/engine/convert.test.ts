import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeSecrets } from '../../../src/core/profile/storedSecrets.js';
import { CONVERT } from '../../../src/engine/convert.js';
import { fileText, frameLine } from '../record/samples.js';

const never = new AbortController().signal;
const NONE = describeSecrets({});

describe('convert in the engine', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wsprobe-convert-engine-'));
  });
  after(() => rm(folder, { recursive: true }));

  const convert = (text: string, from: 'curl' | 'http' | 'wsprobe', to: 'wsprobe' | 'curl' | 'k6', index = 0) => {
    const source = { text, from, index, folder: null };
    return CONVERT.convert({ source, to, environment: null, stored: NONE }, never);
  };

  it('hands out what stood in a command, to be kept under a name that stands for nothing else', async () => {
    const line = `curl -H 'Authorization: Bearer hunter2hunter2' --compressed wss://h.test/x`;
    const made = await convert(line, 'curl', 'wsprobe');
    assert.match(made.text, /"token": "\$\{secret:token\}"/);
    assert.doesNotMatch(made.text, /hunter2/);
    assert.deepEqual([made.secrets, made.names, made.hosts], [{ token: 'hunter2hunter2' }, ['token'], ['h.test']]);
    assert.deepEqual(made.notes, ['not carried over: --compressed']);
    const stored = describeSecrets({ token: 'another' });
    const source = { text: line, from: 'curl', index: 0, folder: null } as const;
    const beside = await CONVERT.convert({ source, to: 'wsprobe', environment: null, stored }, never);
    assert.deepEqual(beside.secrets, { 'token-h.test': 'hunter2hunter2' });
  });

  it('writes a profile as another form, secrets as variables', async () => {
    const profile = '{"url":"wss://h/","auth":{"type":"bearer","token":"${secret:api}"},"watch":{"alertAfter":3}}';
    const { environment, notes, secrets, text } = await convert(profile, 'wsprobe', 'k6');
    assert.match(text, /secret\('WSPROBE_SECRET_API'\)/);
    assert.deepEqual([environment, secrets], [['WSPROBE_SECRET_API'], {}]);
    assert.ok(notes.includes('not carried over: watch'));
  });

  it('names the requests of a file and reads the one that is chosen', async () => {
    const text = '### a\nWEBSOCKET ws://h/a\n### b\nWS ws://h/b\n';
    assert.deepEqual(await CONVERT.convertChoices({ text, from: 'http' }, never), ['a', 'b']);
    assert.match((await convert(text, 'http', 'wsprobe', 1)).text, /ws:\/\/h\/b/);
    await assert.rejects(async () => convert('GET http://h/\n', 'http', 'wsprobe'), { code: 'convert-invalid' });
    const monitor = { text: 'url: ws://h/', from: 'monitor', index: 0, folder: null } as const;
    await assert.rejects(
      async () => CONVERT.convert({ source: monitor, to: 'wsprobe', environment: null, stored: NONE }, never),
      { code: 'convert-terminal' },
    );
    await assert.rejects(async () => convert('wget x', 'curl', 'wsprobe'), { code: 'command-unknown' });
    await assert.rejects(async () => convert('{"url":5}', 'wsprobe', 'curl'), { code: 'convert-invalid' });
  });

  it('reads a recording as a profile, and writes it in another form of one', async () => {
    const path = join(folder, 'a.wsrec');
    await writeFile(path, fileText({ type: 'open', connection: 1, atMs: 0 }, frameLine({ text: 'hello' })));
    const made = await CONVERT.convert(
      { source: { path, filter: 'dir:in' }, to: 'wsprobe', environment: null, stored: NONE },
      never,
    );
    assert.match(made.text, /"equals": "hello"/);
    const to = join(folder, 'a.har');
    assert.deepEqual(await CONVERT.convertRecording({ from: path, to, format: 'har' }, never), { notes: [] });
    assert.match(await readFile(to, 'utf8'), /_webSocketMessages/);
  });
});
