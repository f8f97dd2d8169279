import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { runCli } from '../../../src/cli/main.js';
import { fakeIo } from '../cli/fakeIo.js';
import { useTempFolder } from '../record/temp.js';
import { type Reader, READERS, spoiled, writeBeside } from './readers.js';

/** What is no file, and how it is made at a path. */
const NO_FILES: Readonly<Record<string, (path: string) => void>> = {
  nothing: () => {},
  'a folder': (path) => mkdirSync(path),
  'a pipe that nobody writes to': (path) => void execFileSync('mkfifo', [path]),
  'a link to itself': (path) => symlinkSync(path, path),
  'a link to nothing': (path) => symlinkSync('nowhere', path),
  'a device that never ends': (path) => symlinkSync('/dev/zero', path),
  'a terminal': (path) => symlinkSync('/dev/ptmx', path),
  'a file of the system that waits for more': (path) => symlinkSync('/proc/kmsg', path),
};

/** As long as no command takes; it is told to stop then. */
const LIMIT_MS = 20_000;

describe('A hostile file', function () {
  this.timeout(300_000);
  const folder = useTempFolder();
  before(() => writeBeside(folder.path('.')));

  /** Runs a command upon a reader's file; its answer must be one, in words. */
  async function answer(reader: Reader, command: readonly string[], about: string): Promise<number> {
    const argv = command.map((word) => placed(word, reader));
    const io = fakeIo({ env: {}, stdin: '', cwd: folder.path('.') });
    const late = setTimeout(() => io.signal('SIGINT'), LIMIT_MS);
    const stopping = setInterval(() => {
      if (io.err().includes('Ctrl+C ends it')) io.signal('SIGINT');
    }, 20);
    const beganMs = performance.now();
    const code = await runCli(argv, io).finally(() => {
      clearTimeout(late);
      clearInterval(stopping);
    });
    const said = io.out() + io.err();
    const what = `${about}: ${command.join(' ')} gave ${code} after ${Math.round(performance.now() - beganMs)} ms: ${said.slice(0, 400)}`;
    assert.ok([0, 1, 2, 3].includes(code), what);
    assert.ok(performance.now() - beganMs < LIMIT_MS, what);
    assert.doesNotMatch(said, /\n\s+at .*:\d+:\d+|Maximum call stack|\[object |\bNaN\b|our own fault/, what);
    assert.ok(!said.includes('\u001b[31m') && !said.includes('\0'), `${what} (not made harmless)`);
    if (code !== 0) assert.notEqual(said.trim(), '', what);
    assert.equal(Object.hasOwn(Object.prototype, 'polluted'), false, what);
    return code;
  }

  function placed(word: string, { name }: Reader): string {
    return word.replace('FILE', folder.path(name)).replace('DIR', folder.path('.'));
  }

  async function goodOf(reader: Reader): Promise<Buffer> {
    if (typeof reader.good === 'string') return Buffer.from(reader.good);
    await runCli(
      reader.good.map((word) => placed(word, reader)),
      fakeIo({ stdin: '' }),
    );
    return readFileSync(folder.path(reader.name));
  }

  for (const reader of READERS) {
    const path = () => folder.path(reader.name);
    afterEach(() => rmSync(path(), { recursive: true, force: true }));

    it(`${reader.name}, whatever was done to it, is answered in words`, async () => {
      const good = await goodOf(reader);
      writeFileSync(path(), good);
      for (const command of reader.commands) await answer(reader, command, 'as it should be');
      const { commands } = reader;
      for (const [index, [name, content]] of [...spoiled(good)].entries()) {
        writeFileSync(path(), content);
        await answer(reader, commands[index % commands.length]!, name);
      }
    });

    it(`${reader.name} that is no file is answered at once`, async () => {
      for (const [name, make] of Object.entries(NO_FILES)) {
        for (const command of reader.commands) {
          rmSync(path(), { recursive: true, force: true });
          make(path());
          const code = await answer(reader, command, name);
          // Environments that are not there are none.
          if (reader.name !== 'wsprobe.env.json') assert.notEqual(code, 0, `${name}: ${command.join(' ')}`);
        }
      }
    });
  }

  it('holds messages that no command descends into for ever', async () => {
    const deep = (open: string, close: string) => `${open.repeat(100_000)}1${close.repeat(100_000)}`;
    const contents = [deep('[', ']'), deep('{"a":', '}'), '['.repeat(100_000), `42["a",${deep('[', ']')}]`];
    const reader = READERS[0]!;
    const [header] = String(reader.good).split('\n');
    for (const subprotocol of ['null', '"graphql-transport-ws"', '"v12.stomp"']) {
      for (const text of contents) {
        const line = (direction: string) =>
          `{"type":"message","connection":1,"index":1,"atMs":1,"direction":"${direction}","kind":"text",` +
          `"payloadBytes":${text.length},"text":${JSON.stringify(text)},"truncated":false}`;
        const head = header!.replace('"subprotocol":null', `"subprotocol":${subprotocol}`);
        writeFileSync(folder.path(reader.name), `${head}\n${line('sent')}\n${line('received')}\n`);
        for (const command of [
          ...reader.commands,
          ['show', 'FILE', '--pretty'],
          ['convert', 'FILE', 'DIR/o.js', '--force'],
        ])
          await answer(reader, command, `${subprotocol} ${text.slice(0, 12)}`);
      }
    }
  });
});
