import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { findProgram, missingOf, SOFTWARE, type Software } from '../../../scripts/software.mjs';
import { pickPorts, untilListening } from './ports.js';

const CONFIGS = join('test', 'peers', 'configs');
const SHARED_MEMORY = '/dev/shm';
const START_MS = 15_000;
const LOG_CHARACTERS = 6_000;

export interface PeerSpec {
  /** An id of `software.json`. */
  readonly software: string;
  /** Ports to pick, by the names that the configuration and the cases use. */
  readonly ports: readonly string[];
  /** Files of `configs/`, copied into the server's folder with every `{{name}}` filled in. */
  readonly configs?: readonly string[];
  /** Files to write as they are. */
  readonly files?: Readonly<Record<string, string>>;
  /** What else `{{name}}` stands for; `folder`, `service` (a name of its own) and the ports are known. */
  readonly values?: Readonly<Record<string, string | number>>;
  readonly args: (fill: (text: string) => string) => readonly string[];
  /** Beside what every server gets; filled in as `configs` are. */
  readonly env?: Readonly<Record<string, string>>;
  /** Runs before the server does, with the same arguments as `args` gives it. */
  readonly prepare?: (folder: string) => void;
}

/** A server of somebody else's, running in a folder and a process group of its own. */
export interface Peer {
  readonly folder: string;
  readonly ports: Readonly<Record<string, number>>;
  /** Fills in `{name}` with `127.0.0.1:port`, and `{:name}` with `:port`. */
  readonly url: (template: string) => string;
  /** The end of everything it wrote. */
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

const running = new Map<ChildProcess, string>();
process.once('exit', () => {
  for (const [child, service] of running) {
    killGroup(child);
    removeShared(service);
  }
});

export function softwareOf(id: string): Software {
  const software = SOFTWARE.find((entry) => entry.id === id);
  if (!software) throw new Error(`software.json knows no ${id}`);
  return software;
}

/** Resolves when every port takes connections. Rejects with the log of a server that ended or did not come up. */
export async function startPeer(spec: PeerSpec): Promise<Peer> {
  const software = softwareOf(spec.software);
  const program = findProgram(software);
  if (program === null) throw new Error(missingOf(software) ?? software.name);
  // A picked port may be taken by somebody else in between: then others are picked.
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(program, spec);
    } catch (error) {
      if (attempt === 3 || !/in use|bind/i.test(String(error))) throw error;
    }
  }
}

async function startOnce(program: string, spec: PeerSpec): Promise<Peer> {
  const folder = mkdtempSync(join(process.env['WSPROBE_PEERS_FOLDER'] ?? tmpdir(), `${spec.software}-`));
  // Servers started by root write and read here after they have given root up.
  chmodSync(folder, 0o777);
  const picked = await pickPorts(spec.ports.length);
  const ports = Object.fromEntries(spec.ports.map((name, index) => [name, picked[index] ?? 0]));
  const service = serviceNameOf(folder);
  const values: Readonly<Record<string, string | number>> = { ...spec.values, ...ports, folder, service };
  const fill = (text: string) => text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(valueOf(values, name)));
  for (const [name, content] of Object.entries(spec.files ?? {})) writeFileSync(join(folder, name), content);
  for (const name of spec.configs ?? []) {
    writeFileSync(join(folder, name), fill(readFileSync(join(CONFIGS, name), 'utf8')));
  }
  mkdirSync(join(folder, 'log'));
  chmodSync(join(folder, 'log'), 0o777);
  spec.prepare?.(folder);
  const own = Object.entries(spec.env ?? {}).map(([name, value]) => [name, fill(value)] as const);
  const output = openSync(join(folder, 'log', 'output.log'), 'w', 0o666);
  // A group of its own: what the server forks dies with it, and Ctrl-C in the terminal reaches us alone.
  const child = spawn(program, spec.args(fill), {
    cwd: folder,
    detached: true,
    stdio: ['ignore', output, output],
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: folder,
      XDG_DATA_HOME: folder,
      XDG_CONFIG_HOME: folder,
      LC_ALL: 'C',
      ...Object.fromEntries(own),
    },
  });
  closeSync(output);
  running.set(child, service);
  const ended = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      running.delete(child);
      reject(new Error(`${spec.software} ended with ${code ?? signal}`));
    });
  });
  ended.catch(() => {});
  if (child.pid !== undefined) writeFileSync(join(folder, 'group'), String(child.pid));
  const stop = async () => {
    killGroup(child);
    await ended.catch(() => {});
    removeShared(service);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await Promise.race([ended, Promise.all(picked.map((port) => untilListening(port, START_MS)))]);
  } catch (error) {
    const log = readLogs(folder);
    await stop();
    throw new Error(`${String(error)}\n${log}`, { cause: error });
  }
  return {
    folder,
    ports,
    url: (template) => urlFrom(template, values),
    log: () => readLogs(folder),
    stop,
  };
}

/** Letters and digits, one for each run of the tests and each server in it; `scripts/peers.mjs` knows how it begins. */
function serviceNameOf(folder: string): string {
  return ['wsprobe', dirname(folder), folder].map((path) => basename(path).split('-').at(-1)).join('');
}

/** What a killed server leaves in shared memory. */
function removeShared(service: string): void {
  if (!existsSync(SHARED_MEMORY)) return;
  for (const name of readdirSync(SHARED_MEMORY)) {
    if (name.startsWith(`${service}-`)) rmSync(join(SHARED_MEMORY, name), { force: true });
  }
}

export function urlFrom(template: string, values: Readonly<Record<string, string | number>>): string {
  return template.replace(/\{(:?)(\w+)\}/g, (_, colon: string, name: string) => {
    const port = String(valueOf(values, name));
    return colon ? `:${port}` : `127.0.0.1:${port}`;
  });
}

function valueOf(values: Readonly<Record<string, string | number>>, name: string): string | number {
  const value = values[name];
  if (value === undefined) throw new Error(`nobody gave a value for ${name}`);
  return value;
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

function readLogs(folder: string): string {
  const log = join(folder, 'log');
  return readdirSync(log)
    .filter((name) => statSync(join(log, name)).isFile())
    .map((name) => `--- ${name}\n${readFileSync(join(log, name), 'utf8').slice(-LOG_CHARACTERS)}`)
    .join('\n');
}
