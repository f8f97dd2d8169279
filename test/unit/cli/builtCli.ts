import { type ChildProcess, spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { bundle } from '../../support/bundle.js';

export interface BuiltCli {
  /** Of the script that node runs. */
  readonly path: string;
  run(argv: readonly string[], options?: RunOptions): Promise<Outcome>;
  start(argv: readonly string[], options?: RunOptions): Started;
  remove(): Promise<void>;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Piped into standard input, which then ends; with `keepsInput` it stays open. */
  readonly input?: string;
  readonly keepsInput?: boolean;
}

export interface Outcome {
  readonly exitCode: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly outcome: Promise<Outcome>;
  /** Settles when standard output holds the text. */
  shows(text: string): Promise<void>;
}

/** Bundles the command line as the product is bundled (`vscode` not external) and runs it as a process of its own. */
export async function buildCli(): Promise<BuiltCli> {
  const folder = await bundle('wsprobe', 'src/cli/wsprobe.ts');
  const start = (argv: readonly string[], options: RunOptions = {}): Started => {
    const { input, keepsInput = false } = options;
    const hasInput = input !== undefined || keepsInput;
    const started = watch(
      spawn(process.execPath, [join(folder, 'wsprobe.mjs'), ...argv], {
        cwd: options.cwd ?? process.cwd(),
        env: { ...process.env, LC_ALL: 'C.UTF-8', NO_COLOR: '1', COLUMNS: '80', TERM: 'xterm', ...options.env },
        stdio: [hasInput ? 'pipe' : 'ignore', 'pipe', 'pipe'],
      }),
    );
    started.child.stdin?.on('error', () => {});
    started.child.stdin?.write(input ?? '');
    if (!keepsInput) started.child.stdin?.end();
    return started;
  };
  return {
    path: join(folder, 'wsprobe.mjs'),
    start,
    run: (argv, options) => start(argv, options).outcome,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function watch(child: ChildProcess): Started {
  let out = '';
  let err = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (err += text));
  const outcome = new Promise<Outcome>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, out, err }));
  });
  return {
    child,
    outcome,
    shows: (text) =>
      new Promise((resolve, reject) => {
        const look = () => out.includes(text) && resolve();
        child.stdout?.on('data', look);
        void outcome.then(() => reject(new Error(`ended without ${text}: ${out}${err}`)));
        look();
      }),
  };
}
