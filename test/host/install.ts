import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot } from './paths.js';

const run = promisify(execFile);

const codeServerVersion = '4.139.1';
const nodeMajor = 24;
const vscodeFolder = 'node_modules/code-server/lib/vscode';

export interface ServerBuild {
  /** A Node of the version the server build needs. */
  readonly node: string;
  readonly serverMain: string;
}

/** The server build of VS Code in `.vscode-test/`, installed from npm on the first call (about 700 MB) and reused after. */
export async function installServerBuild(log: (line: string) => void = () => undefined): Promise<ServerBuild> {
  const cache = join(repositoryRoot, '.vscode-test');
  const folder = join(cache, `code-server-${codeServerVersion}`);
  const build = buildIn(folder);
  if (await isComplete(folder)) return build;

  const attempt = `${folder}.installing-${process.pid}`;
  await rm(attempt, { recursive: true, force: true });
  await mkdir(attempt, { recursive: true });
  try {
    await writeFile(join(attempt, 'package.json'), '{ "private": true }\n');
    log(`Installing VS Code's server build (code-server ${codeServerVersion}) into .vscode-test: once, about 700 MB.`);
    await npmInstall(attempt, [`${nodePackage()}@${nodeMajor}`, `code-server@${codeServerVersion}`]);
    await npmInstall(join(attempt, vscodeFolder), ['--omit=dev']);
    const { node } = buildIn(attempt);
    await chmod(node, 0o755);
    await run(node, ['--version']);
    await writeFile(join(attempt, 'complete'), `${codeServerVersion}\n`);
    // Two runs may install at the same time: whoever renames second uses what the first one put there.
    await rename(attempt, folder).catch(async (error: unknown) => {
      if (!(await isComplete(folder))) throw error;
    });
  } catch (error) {
    throw new Error(
      `VS Code's server build could not be installed from npm (code-server@${codeServerVersion} and Node ${nodeMajor}). Check that npm reaches its registry and that the disk has 1 GB free.\n${detailOf(error)}`,
      { cause: error },
    );
  } finally {
    await rm(attempt, { recursive: true, force: true });
  }
  return build;
}

function buildIn(folder: string): ServerBuild {
  const binary = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node';
  return {
    node: join(folder, 'node_modules', nodePackage(), binary),
    serverMain: join(folder, vscodeFolder, 'out/server-main.js'),
  };
}

function nodePackage(): string {
  return `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
}

async function isComplete(folder: string): Promise<boolean> {
  const { node, serverMain } = buildIn(folder);
  const mark = await readFile(join(folder, 'complete'), 'utf8').catch(() => '');
  return mark.trim() === codeServerVersion && existsSync(node) && existsSync(serverMain);
}

async function npmInstall(cwd: string, args: readonly string[]): Promise<void> {
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  // Under `npm test` npm's own settings of this package arrive as npm_* variables and would be taken for the cache folder's.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_(package|lifecycle)_/.test(name)),
  );
  await run(process.platform === 'win32' ? 'npm.cmd' : 'npm', ['install', ...flags, ...args], {
    cwd,
    env,
    maxBuffer: 16 * 1024 * 1024,
    shell: process.platform === 'win32',
  });
}

function detailOf(error: unknown): string {
  const stderr = (error as { stderr?: unknown }).stderr;
  return typeof stderr === 'string' && stderr.trim() !== '' ? stderr.trim() : String(error);
}
