import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../../src/cli/main.js';
import { COMMAND_OPTIONS, type OptionGroups, REPORTER_NAMES } from '../../../src/cli/optionTable.js';
import { DIALECT_NAMES } from '../../../src/core/base/dialectNames.js';
import { EXPERIMENTS } from '../../../src/core/lab/experiments.js';
import { fakeIo } from './fakeIo.js';
import { assertGolden } from './golden.js';

async function run(argv: string[], cwd?: string) {
  const io = fakeIo(cwd === undefined ? {} : { cwd });
  return { exitCode: await runCli(argv, io), out: io.out(), err: io.err() };
}

const has = (shell: string) => process.platform !== 'win32' && spawnSync(shell, ['--version']).error === undefined;

describe('wsprobe completion', () => {
  for (const shell of ['bash', 'zsh', 'fish', 'powershell']) {
    it(`writes the script of ${shell} that stands in test/golden`, async () => {
      const { exitCode, out, err } = await run(['completion', shell]);
      assert.equal(exitCode, 0);
      assert.equal(err, '');
      assertGolden(`completion-${shell}`, out);
    });

    it(`knows every command and option in the script of ${shell}`, async () => {
      const { out } = await run(['completion', shell]);
      for (const [command, groups] of Object.entries<OptionGroups>(COMMAND_OPTIONS)) {
        assert.match(out, new RegExp(`\\b${command}\\b`));
        for (const option of Object.values(groups).flatMap((options) => Object.keys(options)))
          assert.match(out, new RegExp(`(--|-l )${option}\\b`));
      }
    });
  }

  for (const [shell, check] of [
    ['zsh', '-n'],
    ['fish', '--no-execute'],
  ] as const) {
    const isThere = has(shell);
    (isThere ? it : it.skip)(
      `writes what ${shell} can read${isThere ? '' : ` (${shell} is not installed)`}`,
      async () => {
        // A file: fish reads no script from a socket, which is what standard input would be.
        const folder = mkdtempSync(join(tmpdir(), 'wsprobe-completion-'));
        const script = join(folder, 'script');
        writeFileSync(script, (await run(['completion', shell])).out);
        try {
          execFileSync(shell, [check, script]);
        } finally {
          rmSync(folder, { recursive: true });
        }
      },
    );
  }

  it('lists the environments of wsprobe.env.json, those that are plain words', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wsprobe-completion-'));
    const environments = { local: {}, 'stage-2': {}, '$(touch x)': {} };
    writeFileSync(join(folder, 'wsprobe.env.json'), JSON.stringify(environments));
    const { exitCode, out } = await run(['completion', 'environments'], folder);
    rmSync(folder, { recursive: true });
    assert.equal(exitCode, 0);
    assert.equal(out, 'local\nstage-2\n');
  });

  for (const [argv, message] of [
    [[], /completion wants one shell: bash, zsh, fish, powershell/],
    [['bash', 'zsh'], /completion wants one shell/],
    [['bsh'], /unknown shell bsh\n +Did you mean bash\?/],
    [['cmd.exe'], /unknown shell cmd\.exe\n +Known: bash/],
  ] as const) {
    it(`refuses completion ${argv.join(' ')}`, async () => {
      const { exitCode, out, err } = await run(['completion', ...argv]);
      assert.equal(exitCode, 2);
      assert.equal(out, '');
      assert.match(err, message);
    });
  }

  const describeBash = has('bash') ? describe : describe.skip;
  describeBash(has('bash') ? 'in bash' : 'in bash (bash is not installed)', () => {
    let folder: string;
    let script: string;
    before(async () => {
      folder = mkdtempSync(join(tmpdir(), 'wsprobe-completion-'));
      script = join(folder, 'completion.bash');
      writeFileSync(script, (await run(['completion', 'bash'])).out);
      mkdirSync(join(folder, 'checks'));
      writeFileSync(join(folder, 'my orders.wsprobe'), '{}');
      writeFileSync(join(folder, 'ca.pem'), '');
      writeFileSync(
        join(folder, 'wsprobe'),
        '#!/bin/sh\n[ "$*" = "completion environments" ] && echo local && echo staging\n',
      );
      chmodSync(join(folder, 'wsprobe'), 0o755);
    });
    after(() => rmSync(folder, { recursive: true }));

    /** What Tab offers behind these words; the last one is being typed. */
    function offered(...words: string[]): string[] {
      const quoted = words.map((word) => `'${word}'`).join(' ');
      const text = `source ${script}; COMP_WORDS=(wsprobe ${quoted}); COMP_CWORD=${words.length}; _wsprobe
        [ \${#COMPREPLY[@]} -eq 0 ] || printf '%s\\n' "\${COMPREPLY[@]}"`;
      const env = { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}` };
      const { stderr, stdout } = spawnSync('bash', ['--norc', '-c', text], { cwd: folder, env, encoding: 'utf8' });
      assert.equal(stderr, '');
      return stdout.split('\n').filter((line) => line !== '');
    }

    it('completes commands', () => {
      assert.deepEqual(offered('pro'), ['probe']);
      assert.deepEqual(
        offered('').toSorted(),
        [...Object.keys(COMMAND_OPTIONS), 'help', '--help', '--version'].toSorted(),
      );
      assert.deepEqual(offered('help', 'la'), ['lab']);
    });

    it('completes options, of the command alone', () => {
      assert.deepEqual(offered('probe', 'ws://h/', '--sam'), ['--samples']);
      assert.deepEqual(offered('connect', 'ws://h/', '--sam'), []);
      assert.ok(offered('probe', '-').includes('-H'));
    });

    it('completes fixed values, also behind an equal sign', () => {
      assert.deepEqual(offered('connect', 'ws://h/', '--timestamps', ''), ['since', 'delta', 'absolute']);
      assert.deepEqual(offered('run', 'checks', '--reporter', '='), [...REPORTER_NAMES]);
      assert.deepEqual(offered('run', 'checks', '--reporter', '=', 'ju'), ['junit']);
      assert.deepEqual(offered('convert', 'a', 'b', '--to', 'k'), ['k6']);
      assert.deepEqual(offered('explain', '4401', '--dialect', 'graphql-t'), ['graphql-transport-ws']);
      assert.equal(offered('connect', 'ws://h/', '--dialect', '').length, DIALECT_NAMES.length + 2);
      assert.deepEqual(offered('probe', 'ws://h/', '--http', ''), ['1.1', '2', 'auto']);
      assert.deepEqual(offered('probe', 'ws://h/', '--samples', ''), []);
    });

    it('completes experiments, shells and environments', () => {
      assert.deepEqual(offered('lab', ''), ['handshake', ...Object.keys(EXPERIMENTS)]);
      assert.deepEqual(offered('completion', 'f'), ['fish']);
      assert.deepEqual(offered('run', '--env', 's'), ['staging']);
    });

    it('completes files and folders', () => {
      assert.deepEqual(offered('probe', 'my'), ['my orders.wsprobe']);
      assert.deepEqual(offered('lab', 'idle', 'my'), ['my orders.wsprobe']);
      assert.deepEqual(offered('probe', 'ws://h/', '--ca', 'c').toSorted(), ['ca.pem', 'checks', 'completion.bash']);
      assert.deepEqual(offered('run', '--reports', 'c'), ['checks']);
      assert.deepEqual(offered('explain', 'c'), []);
    });
  });
});
