import { deepStrictEqual, match, ok } from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { descendants, isAlive, killTree } from '../../scripts/processTree.mjs';
import { allCases, type FuzzingServer, startFuzzingServer } from '../autobahn/fuzzingServer.js';
import { repositoryRoot } from '../host/paths.js';
import { until as waitUntil } from '../host/workbench.js';
import { commandsOf } from './commands.js';

/** How a command line of the README, or of a document that goes on from there, is run here. What has no row fails: somebody must say. */
interface Rule {
  readonly line: RegExp;
  /** What is run in its place, where the line has a gap to fill or would take the time of a whole suite. */
  readonly instead?: string;
  /** Goes on for ever: it is started, waited for by this line, and ended, at once or with the test. */
  readonly until?: RegExp;
  readonly stays?: boolean;
  /** Exit codes that are right; 0. */
  readonly codes?: readonly number[];
  readonly says?: RegExp;
  /** What it has made, in the clone. */
  readonly made?: (clone: string) => void;
  /** Why it is not run. */
  readonly left?: string;
}

const FUZZING = 'ws://127.0.0.1:9001';

const RULES: readonly Rule[] = [
  { line: /^npm start$/, until: /^wsprobe is ready: http:/m },
  // This test is a part of it: one of its stages stands for the others, which run beside this one.
  {
    line: /^npm test( -- --only [\w,]+)?$/,
    instead: 'npm test -- --only format',
    says: /^1 passed, 0 failed, 0 skipped$/m,
  },
  {
    line: /^npm run package$/,
    made: (clone) => {
      const { size } = statSync(join(clone, 'dist/wsprobe.vsix'));
      ok(size <= 900_000, `${size} bytes`);
    },
  },
  { line: /^npm run (build|docs:(cli|diagnosis|profile)|l10n|schemas)$/ },
  { line: /^node dist\/cli\/wsprobe\.mjs$/, codes: [0, 2], says: /wsprobe <command>|Usage/i },
  { line: /^npm link$/ },
  { line: /^wsprobe playground --ca-file /, until: /127\.0\.0\.1:4480/, stays: true },
  { line: /^wsprobe playground$/, instead: 'wsprobe playground --port 0', until: /ws:\/\/127\.0\.0\.1:/ },
  { line: /^wsprobe probe ws:\/\/127\.0\.0\.1:4480\//, says: /✔ healthy|healthy/ },
  { line: /^wsprobe watch ws:\/\/127\.0\.0\.1:4480\//, says: /^1 target watched for .* healthy/m },
  { line: /^wsprobe watch <files\|folders\|globs\|urls…>$/, instead: 'wsprobe help watch', says: /--every/ },
  {
    line: /^wsprobe exporter( |$)/,
    instead: 'wsprobe exporter examples/echo.wsprobe --listen 127.0.0.1:0',
    until: /^http:\/\/127\.0\.0\.1:\d+$/m,
  },
  { line: /^wsprobe mcp( |$)/, instead: 'wsprobe mcp --root examples < /dev/null' },
  { line: /^wsprobe run examples\/\*\.wsprobe$/, codes: [3], says: /^14 probes: \d+ healthy, \d+ degraded, 3 down/m },
  { line: /^printf .*\| wsprobe connect ws:\/\/127\.0\.0\.1:4480\/echo$/, says: /^hello$/m },
  { line: /^wsprobe lab handshake ws:\/\/127\.0\.0\.1:4497\/echo$/, codes: [3], says: /One change cures it/ },
  {
    line: /^wsprobe lab idle 'ws:\/\/127\.0\.0\.1:4480\/idle\?ms=3000'$/,
    says: /Silent connections are cut after/,
  },
  { line: /^wsprobe lab …$/, instead: 'wsprobe help lab', says: /backpressure/ },
  { line: /^wsprobe (lab|connect)$/, instead: 'wsprobe help lab && wsprobe help connect' },
  { line: /^wsprobe connect <url\|file>$/, instead: 'echo hi | wsprobe connect examples/echo.wsprobe', says: /^hi$/m },
  { line: /^wsprobe run examples\/echo\.wsprobe .* --reporter html=/, says: /2 probes: 2 healthy/ },
  { line: /^wsprobe run .* --env other-tenant --env broken$/, codes: [3], says: /2 probes: 1 healthy.* 1 down/ },
  {
    line: /^wsprobe run <files\|folders\|globs\|urls…>$/,
    instead: 'wsprobe run examples/echo.wsprobe',
    says: /healthy/,
  },
  {
    line: /^wsprobe show <file\.wsrec\|file\.har>$/,
    instead: 'wsprobe show test/unit/record/fixtures/chrome.har',
    says: /connection_init/,
  },
  { line: /^wsprobe tap --target <url\|file>$/, instead: 'wsprobe help tap', says: /--faults/ },
  { line: /^wsprobe attach <http:\/\/host:port\|ws:\/\/…>$/, instead: 'wsprobe help attach', says: /--hook/ },
  {
    line: /^wsprobe diff <a> <b>$/,
    instead: 'wsprobe diff test/unit/record/fixtures/chrome.har test/unit/record/fixtures/firefox.har',
    codes: [1],
    says: /changed/,
  },
  {
    line: /^wsprobe replay <recording> <url\|file>$/,
    instead: 'wsprobe replay test/unit/record/fixtures/chrome.har ws://127.0.0.1:4480/graphql',
    codes: [1],
    says: /sent, \d+ received/,
  },
  {
    line: /^wsprobe mock <recording\|profile>$/,
    instead: 'wsprobe mock test/unit/record/fixtures/chrome.har',
    until: /^ws:\/\/127\.0\.0\.1:\d+\/$/m,
  },
  {
    line: /^wsprobe contract learn\|check\|export <files…>$/,
    instead: 'wsprobe contract learn test/unit/record/fixtures/chrome.har',
    says: /wsprobe\.contract\/1/,
  },
  {
    line: /^wsprobe convert( <in> <out>)?$/,
    instead: 'wsprobe convert test/unit/record/fixtures/chrome.har - --to k6',
    says: /k6\/websockets/,
  },
  // The table for who comes from other tools: test/unit/cli/readmeTable.test.ts runs each line too, and looks at what it says.
  {
    line: /^wsprobe (connect (.*(lines\.txt|bytes\.bin|--proxy)|ws\+unix:|wss?:\/\/127\.0\.0\.1:\d+\/(auth|redirect)|wss:)|mock session\.wsrec)/,
    left: 'test/unit/cli/readmeTable.test.ts runs it, with what it needs',
  },
  { line: /^wsprobe connect ws:\/\/127\.0\.0\.1:4480\/echo( -|$)/ },
  { line: /^wsprobe init wss:\/\/example\.com\/socket$/, says: /^example\.com\.wsprobe$/m },
  {
    line: /^wsprobe init curl …$/,
    instead: "wsprobe init -o - curl -H 'Authorization: Bearer x1y2' https://example.com/",
    says: /secret:token/,
  },
  { line: /^wsprobe explain 1006$/, says: /1006/ },
  { line: /^wsprobe completion bash$/, says: /^complete -F _wsprobe wsprobe$/m },
  { line: /^wsprobe help <command>$/, instead: 'wsprobe help probe', says: /--timeout/ },
  {
    line: /^npm run test:unit -- --grep close$/,
    instead: "npm run test:unit -- --grep 'close codes'",
    says: / passing/,
  },
  { line: /^npm run watch$/, until: /Watching/ },
  { line: /^npm run autobahn -- ws:\/\/127\.0\.0\.1:9001$/, says: /^ +all /m },
  // Measures for minutes, and what it says is of a quiet machine.
  { line: /^npm run bench$/, instead: 'npm run bench -- --only bundle.extensionKB', says: /"ok":true/ },
  { line: /^npm run test:peers$/, left: 'installs servers on the machine; CI runs it by itself' },
  { line: /^npm run screenshots$/, left: 'takes minutes, and its pictures are looked at by people' },
  { line: /^npm pack$/, says: /^wsprobe-.*\.tgz$/m },
  // "In any folder".
  {
    line: /^npm install$/,
    instead: 'mkdir ../elsewhere && cd ../elsewhere && npm install --offline ../wsprobe/wsprobe-*.tgz',
  },
  { line: /^npx wsprobe$/, instead: 'cd ../elsewhere && npx wsprobe explain 1006', says: /1006/ },
];

/** Together the way of somebody who is new: what an earlier one installs, builds or starts is there for the next. */
const DOCUMENTS = ['README.md', 'docs/TERMINAL.md', 'docs/MONITORING.md', 'docs/CI.md', 'docs/DEVELOPMENT.md'];

describe('README.md and what it leads to, on a fresh clone', () => {
  const read = (name: string): string => readFileSync(join(repositoryRoot, name), 'utf8');
  const commands = commandsOf(DOCUMENTS.map(read).join('\n'));
  let folder: string;
  let clone: string;
  let env: NodeJS.ProcessEnv;
  let fuzzing: FuzzingServer;
  const started = new Set<ChildProcess>();

  before(async function () {
    this.timeout(300_000);
    folder = mkdtempSync(join(tmpdir(), 'wsprobe-readme-'));
    clone = join(folder, 'wsprobe');
    cloneInto(clone);
    // VS Code's server build is 700 MB of download: the one thing that is there already.
    const cache = join(repositoryRoot, '.vscode-test');
    if (existsSync(cache)) symlinkSync(cache, join(clone, '.vscode-test'));
    env = environment(join(folder, 'prefix'));
    fuzzing = await startFuzzingServer(allCases([1]));
  });

  after(async () => {
    for (const { pid } of started) if (pid !== undefined) killTree(pid);
    await fuzzing?.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  });

  it('has commands of which each is known here', () => {
    deepStrictEqual(
      commands.filter((command) => ruleFor(command) === undefined),
      [],
    );
    ok(commands.length > 20);
  });

  // One after the other, as somebody reads: what an earlier one installs or builds is there for the next.
  for (const command of commands) {
    const rule = ruleFor(command);
    if (rule === undefined) continue;
    if (rule.left !== undefined) {
      it(`${command}: left out, ${rule.left}`);
      continue;
    }
    it(command, async function () {
      this.timeout(300_000);
      const line = (rule.instead ?? command).replace(FUZZING, fuzzing.url);
      if (rule.until === undefined) await runToItsEnd(line, rule);
      else await startAndEnd(line, rule.until, rule.stays === true);
    });
  }

  async function runToItsEnd(line: string, { codes = [0], made, says }: Rule): Promise<void> {
    const child = shell(line);
    const output = outputOf(child);
    const [code] = (await once(child, 'close')) as [number | null];
    started.delete(child);
    ok(code !== null && codes.includes(code), `code ${String(code)}\n${output()}`);
    if (says !== undefined) match(output(), says);
    made?.(clone);
  }

  async function startAndEnd(line: string, until: RegExp, stays: boolean): Promise<void> {
    const child = shell(line);
    const output = outputOf(child);
    const closed = once(child, 'close');
    await new Promise<void>((done, fail) => {
      const look = (): void => {
        if (until.test(output())) done();
      };
      child.stdout?.on('data', look);
      child.stderr?.on('data', look);
      void closed.then(() => fail(new Error(`It ended before it said ${String(until)}:\n${output()}`)));
    });
    if (stays) return;
    const pid = child.pid ?? 0;
    const processes = [pid, ...descendants(pid)];
    // Ctrl+C reaches the whole group of a terminal.
    process.kill(-pid, 'SIGINT');
    await closed;
    await goneOf(processes, `Ctrl+C on ${line}`);
    started.delete(child);
  }

  function shell(line: string): ChildProcess {
    const child = spawn('sh', ['-c', line], { cwd: clone, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    started.add(child);
    return child;
  }
});

/** The kernel may need a moment to reap what was killed. */
async function goneOf(processes: readonly number[], after: string): Promise<void> {
  await waitUntil(`no process is left after ${after}`, async () => !processes.some(isAlive));
}

function ruleFor(command: string): Rule | undefined {
  return RULES.find(({ line }) => line.test(command));
}

function outputOf(child: ChildProcess): () => string {
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString();
}

/** A clone of this repository with what stands here uncommitted: what a clone of the next commit would be. */
function cloneInto(clone: string): void {
  const git = (...args: string[]): string => execFileSync('git', ['-C', repositoryRoot, ...args], { encoding: 'utf8' });
  execFileSync('git', ['clone', '-q', repositoryRoot, clone]);
  const changed = git('ls-files', '-z', '--modified', '--others', '--exclude-standard').split('\0').filter(Boolean);
  for (const file of changed) {
    const source = join(repositoryRoot, file);
    mkdirSync(dirname(join(clone, file)), { recursive: true });
    if (existsSync(source)) cpSync(source, join(clone, file));
    else rmSync(join(clone, file), { force: true });
  }
}

/** That of a person's shell, with a place of its own for what `npm link` puts on the PATH. */
function environment(prefix: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !/^npm_(package|lifecycle|config_local_prefix)/i.test(name) && !/^(NODE_OPTIONS|WSPROBE_RESULTS)$/.test(name),
  );
  return {
    ...Object.fromEntries(kept),
    PATH: [join(prefix, 'bin'), process.env['PATH']].join(delimiter),
    npm_config_prefix: prefix,
    WSPROBE_VSCODE: 'server',
    NO_COLOR: '1',
  };
}
