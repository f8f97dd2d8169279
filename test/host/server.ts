import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { installServerBuild } from './install.js';

export interface ServerOptions {
  /** Settings of the user, as in settings.json. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** `true` (the default) turns workspace trust off; `false` opens every folder in Restricted Mode. */
  readonly trust?: boolean;
  /** Lets the address carry a test module (the workbench ignores it otherwise). */
  readonly testDriver?: boolean;
  /** Packages installed before the start. */
  readonly vsix?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A port or a range such as `4470-4479`; 0 (the default) takes any free one. */
  readonly port?: number | string;
  /** Receives the server's own output; it is dropped otherwise. */
  readonly onOutput?: (line: string) => void;
}

export interface VscodeServer {
  readonly port: number;
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  readonly extensionsDir: string;
  /** Holds all that it, its extensions and their hosts keep. */
  readonly dataDir: string;
  /** Settles when the server process ends, whoever ended it. */
  readonly closed: Promise<void>;
  stop(): Promise<void>;
}

/** Settings that keep what is not ours off the screen and off the network. */
export const quietSettings: Readonly<Record<string, unknown>> = {
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'window.commandCenter': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'chat.disableAIFeatures': true,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'git.enabled': false,
  // What moves is drawn again and again, by the processor.
  'workbench.reduceMotion': 'on',
  'editor.cursorBlinking': 'solid',
};

/** A VS Code server on loopback with data folders of its own, removed when it stops. */
export async function startServer(options: ServerOptions = {}): Promise<VscodeServer> {
  const build = await installServerBuild((line) => process.stderr.write(`${line}\n`));
  const data = await mkdtemp(join(tmpdir(), 'wsprobe-vscode-'));
  const extensionsDir = join(data, 'extensions');
  await mkdir(join(data, 'user/User'), { recursive: true });
  await mkdir(extensionsDir);
  await writeFile(
    join(data, 'user/User/settings.json'),
    JSON.stringify({ ...quietSettings, ...options.settings }, null, 2),
  );
  const folders = [
    `--server-data-dir=${join(data, 'server')}`,
    `--user-data-dir=${join(data, 'user')}`,
    `--extensions-dir=${extensionsDir}`,
    '--accept-server-license-terms',
    '--disable-telemetry',
  ];
  const launch = (args: readonly string[]): ChildProcess =>
    spawn(build.node, [build.serverMain, ...folders, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      // No extension gallery: nothing is looked up on the network.
      env: { ...withoutNodeOptions(process.env), EXTENSIONS_GALLERY: '{}', ...options.env },
      // A process group of its own: stopping takes the extension hosts and terminals along.
      detached: process.platform !== 'win32',
    });

  try {
    for (const path of options.vsix ?? []) await installPackage(launch(['--install-extension', path]), path);
    const child = launch([
      '--host=127.0.0.1',
      `--port=${options.port ?? 0}`,
      '--without-connection-token',
      ...(options.trust === false ? [] : ['--disable-workspace-trust']),
      ...(options.testDriver === true ? ['--enable-smoke-test-driver'] : []),
    ]);
    const closed = new Promise<void>((done) => child.once('close', () => done()));
    const stop = async (): Promise<void> => {
      await endGroup(child, closed);
      await rm(data, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    };
    try {
      const port = await portOf(child, options.onOutput);
      return { port, origin: `http://127.0.0.1:${port}`, extensionsDir, dataDir: data, closed, stop };
    } catch (error) {
      await stop();
      throw error;
    }
  } catch (error) {
    await rm(data, { recursive: true, force: true });
    throw error;
  }
}

async function portOf(child: ChildProcess, onOutput: (line: string) => void = () => undefined): Promise<number> {
  const seen: string[] = [];
  return new Promise((done, fail) => {
    const listen = (line: string): void => {
      seen.push(line);
      if (seen.length > 50) seen.shift();
      onOutput(line);
      const port = /Web UI available at http:\/\/[^:]+:(\d+)/.exec(line)?.[1];
      if (port !== undefined) done(Number(port));
    };
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', listen);
    }
    child.once('error', fail);
    child.once('close', () => fail(new Error(`VS Code's server ended before it was ready:\n${seen.join('\n')}`)));
  });
}

async function installPackage(child: ChildProcess, path: string): Promise<void> {
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => output.push(String(chunk)));
  const code = await new Promise((done, fail) => {
    child.once('error', fail);
    child.once('close', done);
  });
  if (code !== 0) throw new Error(`VS Code did not install ${path}:\n${output.join('')}`);
}

async function endGroup(child: ChildProcess, closed: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return closed;
  signalGroup(child, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), 5000);
  await closed;
  clearTimeout(timer);
  // The extension host may outlive its server by a moment; nobody is left to ask it politely.
  signalGroup(child, 'SIGKILL');
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, signal);
  } catch {
    // Gone already.
  }
}

// NODE_OPTIONS of the test run (a TypeScript loader) would break the server's own Node.
function withoutNodeOptions(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _dropped, ...rest } = env;
  return rest;
}
