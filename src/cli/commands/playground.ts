import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Playground, startPlayground } from '../../core/playground/index.js';
import { aborted } from '../../core/base/stoppable.js';
import { onInterrupt } from '../interrupt.js';
import type { Io } from '../io.js';
import { COMMAND_OPTIONS } from '../optionTable.js';
import { optionsOf, parseInteger, parseOptions } from '../options.js';
import { renderPlayground } from '../render/playground.js';
import { styleFor } from '../render/style.js';
import { asUsage, EXIT, fileError, usageError } from '../usage.js';

const OPTIONS = optionsOf(COMMAND_OPTIONS.playground);

type PlaygroundValues = ReturnType<typeof parseOptions<typeof OPTIONS>>['values'];

const DEFAULT_PORT = '4480';

export async function playgroundCommand(argv: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = parseOptions(argv, OPTIONS);
  if (positionals.length > 0) throw usageError(`playground takes no target: ${positionals.join(' ')}`);
  const port = parseInteger('--port', values.port ?? DEFAULT_PORT, 0, 65_535);
  const interrupt = onInterrupt(io);
  try {
    const playground = await start(port, values.host);
    try {
      await announce(playground, values, io);
      await aborted(interrupt.signal);
    } finally {
      await playground.stop();
    }
  } finally {
    interrupt.end();
  }
  return EXIT.ok;
}

async function announce(playground: Playground, values: PlaygroundValues, io: Io): Promise<void> {
  const { http, ws, wss, tls, tcp, http2, proxies, caPem, client } = playground;
  const caFile = await writePem(values['ca-file'], caPem, io);
  const clientFile = await writePem(values['client-file'], `${client.certPem}\n${client.keyPem}\n`, io, PRIVATE);
  const addresses = { http, ws, wss, tls, tcp, http2, proxies, caFile, clientFile };
  if (values.json === true) io.stdout.write(`${JSON.stringify(addresses)}\n`);
  else {
    const style = styleFor(io, io.stdout, values['no-color'] === true);
    io.stdout.write(`${renderPlayground(addresses, style).join('\n')}\n`);
  }
}

const PRIVATE = 0o600;

async function writePem(path: string | undefined, pem: string, io: Io, mode?: number): Promise<string | null> {
  if (path === undefined) return null;
  const file = resolve(io.cwd, path);
  await writeFile(file, pem, mode === undefined ? {} : { mode }).catch((error: unknown) => {
    throw fileError(`write ${file}`, error);
  });
  return file;
}

async function start(port: number, host: string | undefined): Promise<Playground> {
  try {
    return await startPlayground(host === undefined ? { port } : { port, host });
  } catch (error) {
    throw asUsage(error);
  }
}
