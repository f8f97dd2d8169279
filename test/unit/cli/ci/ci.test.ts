import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { parse } from 'yaml';
import { type Playground, startPlayground } from '../../../../src/core/playground/index.js';
import { useTempFolder } from '../../record/temp.js';
import { type BuiltCli, buildCli } from '../builtCli.js';
import { junitProblems, readXml } from '../run/junitRules.js';

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
}

function yaml(path: string): unknown {
  return parse(readFileSync(path, 'utf8'));
}

/** What a line of a shell runs: npx is ours, and starts what was built from these sources. */
const NPX = `#!/bin/sh
[ "$1" = --yes ] || exit 99
shift
printf '%s\\n' "$1" >> "$NPX_LOG"
shift
for argument; do printf '  %s\\n' "$argument" >> "$NPX_LOG"; done
exec "$NODE" "$WSPROBE_CLI" "$@"
`;

describe('wsprobe in CI', function () {
  this.timeout(180_000);
  // The lines are those of a POSIX shell.
  if (process.platform === 'win32') return;
  const folder = useTempFolder();
  let playground: Playground;
  let cli: BuiltCli;
  let env: NodeJS.ProcessEnv;

  before(async () => {
    playground = await startPlayground({ port: 0 });
    cli = await buildCli();
    mkdirSync(folder.path('bin'));
    writeFileSync(folder.path('bin/npx'), NPX, { mode: 0o755 });
    mkdirSync(folder.path('work/examples'), { recursive: true });
    for (const name of readdirSync('examples').filter((file) => file.endsWith('.wsprobe'))) {
      const text = readFileSync(join('examples', name), 'utf8');
      writeFileSync(folder.path(`work/examples/${name}`), text.replaceAll('ws://127.0.0.1:4480', playground.ws));
    }
    cpSync('examples/ci', folder.path('work/examples/ci'), { recursive: true });
    env = {
      PATH: `${folder.path('bin')}${delimiter}${process.env['PATH'] ?? ''}`,
      NODE: process.execPath,
      WSPROBE_CLI: cli.path,
      NPX_LOG: folder.path('npx.log'),
      LC_ALL: 'C.UTF-8',
      CI: 'true',
      NO_PROXY: '*',
    };
  });
  after(async () => {
    await playground.stop();
    await cli.remove();
  });
  beforeEach(() => {
    rmSync(folder.path('npx.log'), { force: true });
  });

  const work = (path: string) => folder.path(`work/${path}`);
  const asked = () => readFileSync(folder.path('npx.log'), 'utf8').split('\n').slice(0, -1);

  /** As a runner does: `bash -e` for GitHub and GitLab. */
  async function shell(command: string, args: readonly string[], more: NodeJS.ProcessEnv = {}) {
    const child = spawn(command, args, {
      cwd: folder.path('work'),
      env: { ...env, ...more },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, output };
  }
  const bash = (script: string, more?: NodeJS.ProcessEnv) =>
    shell('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], more);

  function assertJunit(path: string): void {
    assert.deepEqual(junitProblems(readXml(readFileSync(work(path), 'utf8'))), []);
  }

  it('runs each line of the workflow for GitHub', async () => {
    const { jobs } = yaml('examples/ci/github.yml') as { jobs: Record<string, { steps: Step[] }> };
    const lines = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
    assert.equal(lines.length, 2);
    for (const line of lines) {
      const { code, output } = await bash(line, { GITHUB_ACTIONS: 'true', WSPROBE_SECRET_ORDERS: 'x' });
      assert.equal(code, 0, output);
    }
    assertJunit('results.xml');
    assert.match(readFileSync(work('results.html'), 'utf8'), /All 2 probes passed/);
    assert.deepEqual(readdirSync(work('reports')), ['examples-environments.other-tenant.json']);
  });

  it('runs each line of the job for GitLab', async () => {
    const jobs = yaml('examples/ci/gitlab.yml') as Record<string, { script: string[] }>;
    const lines = Object.values(jobs).flatMap(({ script }) => script);
    assert.equal(lines.length, 2);
    for (const line of lines) {
      const { code, output } = await bash(line);
      assert.equal(code, 0, output);
    }
    assertJunit('results.xml');
  });

  it('runs the script for any shell, whole', async () => {
    const { code, output } = await shell('sh', ['examples/ci/shell.sh']);
    assert.equal(code, 0, output);
    assert.match(output, /^TAP version 14\n1\.\.2$/m);
    assert.equal(JSON.parse(readFileSync(work('results.json'), 'utf8')).summary.healthy, 2);
    assert.equal(asked().filter((line) => line === 'wsprobe').length, 3);
  });

  describe('as an action of GitHub', () => {
    interface Action {
      readonly inputs: Readonly<Record<string, { readonly default: string; readonly description: string }>>;
      readonly runs: {
        readonly using: string;
        readonly steps: readonly { run: string; shell: string; env: Record<string, string> }[];
      };
    }
    const action = yaml('action.yml') as Action;
    const [step] = action.runs.steps;

    /** Runs the action as a workflow does that gives these inputs. */
    async function act(inputs: Readonly<Record<string, string>>) {
      assert.ok(step);
      const given = Object.entries(step.env).map(([name, expression]) => {
        const [, input = ''] = /^\$\{\{ inputs\.(\w+) \}\}$/.exec(expression) ?? [];
        return [name, inputs[input] ?? action.inputs[input]?.default];
      });
      return bash(step.run, { ...Object.fromEntries(given), GITHUB_ACTIONS: 'true' });
    }

    it('takes its inputs by the environment alone', () => {
      assert.deepEqual(Object.keys(action.inputs), ['files', 'reporter', 'env', 'args', 'version']);
      assert.deepEqual([action.runs.using, action.runs.steps.length, step?.shell], ['composite', 1, 'bash']);
      assert.doesNotMatch(step?.run ?? '', /\$\{\{/);
    });

    it('probes and annotates', async () => {
      const { code, output } = await act({
        files: 'examples/echo.wsprobe\nexamples/refused-200.wsprobe\n',
        reporter: 'github\njunit=action.xml\n',
        args: '--retry 1\n--concurrency 2',
      });
      assert.equal(code, 3, output);
      assert.match(output, /^::error file=examples\/refused-200\.wsprobe,line=\d+,title=/m);
      assertJunit('action.xml');
    });

    it('hands on what it was given, and runs none of it', async () => {
      await act({
        files: '$(touch injected)\n`touch injected`; touch injected\na b.wsprobe',
        env: 'local\n"; touch injected; "',
        args: '--strict  --hold 10\n\n*',
        version: '1.2.3',
      });
      const [program, ...args] = asked();
      assert.equal(program, 'wsprobe@1.2.3');
      const options = [
        '--reporter',
        'github',
        '--env',
        'local',
        '--env',
        '"; touch injected; "',
        '--strict',
        '--hold',
        '10',
        '*',
      ];
      const files = ['$(touch injected)', '`touch injected`; touch injected', 'a b.wsprobe'];
      assert.deepEqual(
        args,
        ['run', ...options, '--', ...files].map((argument) => `  ${argument}`),
      );
      assert.ok(!readdirSync(folder.path('work')).includes('injected'));
    });
  });
});
