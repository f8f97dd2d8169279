import { deepStrictEqual, equal, match } from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { killTree } from '../../scripts/processTree.mjs';
import { repositoryRoot } from '../host/paths.js';
import { commandsOf } from './commands.js';

/** What a recipe ends with, and what must stand in what it says. */
const ANSWERS: readonly (readonly [line: RegExp, code: number, says: RegExp])[] = [
  [/--send hello --expect echo --samples 5$/, 0, /healthy[^]*5 messages/],
  [/^wsprobe probe -q .* && echo up$/, 0, /^up$/m],
  [/^until wsprobe probe -q /, 0, /healthy/],
  [/--origin https:\/\/other\./, 3, /Origin/],
  [/--origin https:\/\/app\./, 0, /healthy/],
  [/^wsprobe lab handshake /, 3, /permessage-deflate/],
  [/^wsprobe probe .*\/auth\/bearer /, 0, /healthy/],
  [/^wsprobe init -o orders\.wsprobe curl /, 0, /secret:token/],
  [/^wsprobe run orders\.wsprobe /, 0, /1 probe: 1 healthy/],
  [/^wsprobe probe wss:\S+ --ca ca\.pem$/, 0, /healthy/],
  [/--cert-days 30 --strict$/, 1, /degraded/],
  [/--proxy (http:|none)/, 0, /healthy/],
  [/^echo .* \| wsprobe connect \S+ --once$/, 0, /^\{"op":"time"\}$/m],
  [/^wsprobe connect \S+ --max 3$/, 0, /"seq":3/],
  [/^wsprobe connect .* --record session\.wsrec$/, 0, /"welcome"/],
  [/^wsprobe show session\.wsrec /, 0, /"welcome"/],
  [/^wsprobe probe .* --json > \w+\.json$/, 0, /^$/],
  [/^wsprobe diff before\.json after\.json$/, 1, /compression/],
  [/^wsprobe explain 1006$/, 0, /1006/],
  [/^wsprobe explain 4401 /, 0, /4401/],
  [/^wsprobe lab idle /, 0, /Silent connections are cut after/],
  [/^wsprobe lab ramp /, 0, /5 connections stood/],
  [/^wsprobe lab sequence /, 1, /missing/],
  [/^wsprobe watch /, 0, /100\.00 % of 3 looks/],
  [/^wsprobe run examples\/echo\.wsprobe /, 0, /1 probe: 1 healthy/],
];

/** The playground's ports as they are without `--port`: one for each of its listeners, one behind the other. */
const FIRST_PORT = 4480;

describe('docs/RECIPES.md', () => {
  const [begin, ...commands] = commandsOf(readFileSync(join(repositoryRoot, 'docs/RECIPES.md'), 'utf8'));
  let folder: string;
  let env: NodeJS.ProcessEnv;
  let playground: ChildProcess;
  let ports: readonly string[];

  before(async function () {
    this.timeout(180_000);
    folder = mkdtempSync(join(tmpdir(), 'wsprobe-recipes-'));
    for (const name of ['bin', 'examples']) mkdirSync(join(folder, name));
    const program = join(repositoryRoot, 'dist/cli/wsprobe.mjs');
    writeFileSync(join(folder, 'bin/wsprobe'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
    chmodSync(join(folder, 'bin/wsprobe'), 0o755);
    env = { ...process.env, PATH: [join(folder, 'bin'), process.env['PATH']].join(delimiter), NO_COLOR: '1' };
    equal(begin, 'wsprobe playground --ca-file ca.pem');
    playground = spawn('sh', ['-c', `exec ${begin} --port 0 --json`], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (playground.stdout === null) throw new Error('nothing to read from');
    const [line] = (await once(createInterface(playground.stdout), 'line')) as [string];
    const { proxies, tcp, tls, http2, ws } = JSON.parse(line) as Record<string, Record<string, string>> & {
      ws: string;
    };
    ports = [ws, ...[tls, tcp, http2, proxies].flatMap((addresses) => Object.values(addresses ?? {}))].map(
      (address) => /:(\d+)$/.exec(address)?.[1] ?? '',
    );
    const example = readFileSync(join(repositoryRoot, 'examples/echo.wsprobe'), 'utf8');
    writeFileSync(join(folder, 'examples/echo.wsprobe'), atFreePorts(example));
  });

  after(async () => {
    if (playground?.pid !== undefined && playground.exitCode === null) {
      const closed = once(playground, 'close');
      killTree(playground.pid);
      await closed;
    }
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  });

  it('has an answer here for each of its commands, and no other', () => {
    deepStrictEqual(
      commands.filter((command) => answerOf(command) === undefined),
      [],
    );
    deepStrictEqual(
      ANSWERS.filter(([line]) => !commands.some((command) => line.test(command))),
      [],
    );
  });

  // One after the other, as somebody reads: a file that one writes is there for the next.
  for (const command of commands) {
    it(command, async function () {
      this.timeout(180_000);
      const [, code, says] = answerOf(command) ?? [/^/, 0, /^/];
      const { code: ended, output } = await runLine(atFreePorts(command));
      equal(ended, code, output);
      match(output, says);
    });
  }

  function atFreePorts(text: string): string {
    return text.replaceAll(/127\.0\.0\.1:(44\d\d)/g, (_, port) => `127.0.0.1:${ports[Number(port) - FIRST_PORT]}`);
  }

  function runLine(line: string): Promise<{ code: number; output: string }> {
    return new Promise((done) => {
      execFile('sh', ['-c', line], { cwd: folder, env }, (error, stdout, stderr) => {
        done({ code: error === null ? 0 : Number(error.code ?? -1), output: stdout + stderr });
      });
    });
  }
});

function answerOf(command: string): (typeof ANSWERS)[number] | undefined {
  return ANSWERS.find(([line]) => line.test(command));
}
