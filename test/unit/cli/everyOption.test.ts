import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../../src/cli/main.js';
import { COMMAND_OPTIONS, type CliOption, type CommandName, type OptionGroups } from '../../../src/cli/optionTable.js';
import { fileText, frameLine } from '../record/samples.js';
import { fakeIo } from './fakeIo.js';

/** What nobody means. */
const ABSURD: readonly string[] = [
  '',
  '-1',
  '0',
  '9'.repeat(21),
  '1e400',
  'x'.repeat(5_000),
  '\u0000',
  '\u{1f4a5}',
  '/dev/null/x',
  '=',
];

/** What each command is asked beside the option; `@` is a port where nobody listens. */
const ARGUMENTS: Readonly<Record<CommandName, readonly string[]>> = {
  probe: ['ws://127.0.0.1:@/'],
  run: ['ws://127.0.0.1:@/'],
  connect: ['ws://127.0.0.1:@/'],
  watch: ['ws://127.0.0.1:@/'],
  exporter: ['--allow', 'ws://127.0.0.1:*', '--listen', '127.0.0.1:0'],
  mcp: [],
  tap: ['--target', 'ws://127.0.0.1:@/'],
  lab: ['handshake', 'ws://127.0.0.1:@/'],
  init: ['ws://127.0.0.1:@/', '--force'],
  attach: ['ws://127.0.0.1:@/'],
  show: ['a.wsrec'],
  diff: ['a.wsrec', 'a.wsrec'],
  replay: ['a.wsrec', 'ws://127.0.0.1:@/'],
  mock: ['a.wsrec'],
  contract: ['learn', 'a.wsrec'],
  convert: ['a.wsprobe', '-', '--to', 'curl'],
  explain: ['1006'],
  playground: ['--port', '0'],
  completion: ['bash'],
};

describe('every option', function () {
  this.timeout(600_000);
  let folder: string;
  let port: number;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'wsprobe-options-'));
    writeFileSync(join(folder, 'a.wsrec'), fileText({ type: 'open', connection: 1, atMs: 0 }, frameLine()));
    writeFileSync(join(folder, 'a.wsprobe'), '{"url":"ws://127.0.0.1/"}');
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as { port: number });
    server.close();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Ends it where it would stay. */
  async function run(command: CommandName, ...more: readonly string[]) {
    const names = new Set(more.map((word) => word.split('=')[0]));
    const given = ARGUMENTS[command].filter((word, at, all) => !names.has(word) && !names.has(all[at - 1] ?? ''));
    const io = fakeIo({ cwd: folder });
    const end = setInterval(() => io.signal('SIGINT'), 60);
    try {
      const exitCode = await runCli([command, ...given.map((word) => word.replace('@', String(port))), ...more], io);
      return { exitCode, err: io.err(), out: io.out() };
    } finally {
      clearInterval(end);
    }
  }

  const isFine = (told: Awaited<ReturnType<typeof run>>, what: string) => {
    assert.ok([0, 1, 2, 3, 130].includes(told.exitCode), `${what}: ${told.exitCode} ${told.err}`);
    assert.doesNotMatch(told.err, /our own fault|^\s+at /m, what);
    if (told.exitCode === 2) assert.match(told.err, /\S \S/, what);
  };

  for (const command of Object.keys(ARGUMENTS) as CommandName[]) {
    const groups: OptionGroups = COMMAND_OPTIONS[command];
    const options = Object.values(groups).flatMap((group) => Object.entries<CliOption>(group));
    if (options.length === 0) continue;

    it(`of ${command} is refused without a value, with two, and with one that it does not take`, async () => {
      for (const [name, { multiple, type }] of options) {
        const cases =
          type === 'boolean'
            ? [[`--${name}=yes`]]
            : [[`--${name}`], ...(multiple ? [] : [[`--${name}=a`, `--${name}=b`]])];
        for (const words of cases) {
          const told = await run(command, ...words);
          assert.equal(told.exitCode, 2, `${command} ${words.join(' ')}: ${told.err}`);
          isFine(told, `${command} ${words.join(' ')}`);
        }
      }
    });

    it(`of ${command} stands any value`, async () => {
      for (const [name, { type }] of options) {
        if (type === 'boolean') isFine(await run(command, `--${name}`), `${command} --${name}`);
        else
          for (const value of ABSURD)
            isFine(
              await run(command, `--${name}=${value}`),
              `${command} --${name}=${JSON.stringify(value.slice(0, 20))}`,
            );
      }
    });
  }

  it('is asked for by the code of a command', () => {
    const code = readdirSync('src/cli', { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !/(optionTable|help)\.ts$|completion/.test(name))
      .map((name) => readFileSync(join('src/cli', name), 'utf8'))
      .join('\n');
    const names = new Set(
      Object.values(COMMAND_OPTIONS).flatMap((groups: OptionGroups) => Object.values(groups).flatMap(Object.keys)),
    );
    const unused = [...names].filter((name) => !new RegExp(`(\\.|\\b)${name}\\b(?!:)|'${name}'`).test(code));
    assert.deepEqual(unused, []);
  });
});
