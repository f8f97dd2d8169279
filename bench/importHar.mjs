import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { bundleClient } from './bundleClient.mjs';
import { median } from './median.mjs';

const MESSAGES = 300_000;
const DATA_BYTES = 580;
const MAX_MB = 400;
const ROUNDS = 3;

/**
 * Seconds that the import of a HAR of 200 MB takes / seconds of `JSON.parse` of the same file, each in a process of its
 * own: the median. Infinity when a message is missing or the process grows beyond 400 MB.
 */
export async function measure() {
  const client = await bundleClient('importHarClient.ts');
  const folder = await mkdtemp(join(tmpdir(), 'wsprobe-bench-'));
  try {
    const har = join(folder, 'large.har');
    await writeHar(har);
    const rounds = [];
    for (let round = 0; round < ROUNDS; round++) {
      const parse = await run(client, ['parse', har]);
      rounds.push({ ...(await run(client, ['import', har, join(folder, 'large.wsrec')])), parseMs: parse.ms });
    }
    const of = (name) => rounds.map((each) => each[name].toFixed(0)).join(', ');
    process.stderr.write(
      `import.har200MB: ${of('ms')} ms, JSON.parse ${of('parseMs')} ms; ${of('peakMB')} MB; ${of('frames')} messages\n`,
    );
    const isWhole = rounds.every(({ frames, peakMB }) => frames === MESSAGES && peakMB <= MAX_MB);
    return isWhole ? median(rounds.map(({ ms, parseMs }) => ms / parseMs)) : Number.POSITIVE_INFINITY;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function run(client, args) {
  const { stdout } = await promisify(execFile)(process.execPath, [client, ...args]);
  return JSON.parse(stdout);
}

async function writeHar(path) {
  const start = Date.parse('2026-03-04T10:15:30Z');
  const file = createWriteStream(path);
  file.write(
    `{"log":{"version":"1.2","entries":[{"startedDateTime":"${new Date(start).toISOString()}","time":600000,` +
      '"request":{"url":"ws://127.0.0.1/","headers":[]},"response":{"status":101,"headers":[]},"_webSocketMessages":[',
  );
  for (let index = 0; index < MESSAGES; index++) {
    const data = JSON.stringify({ id: index, symbol: 'ACME', note: 'x'.repeat(DATA_BYTES) });
    const message = { type: index % 2 ? 'receive' : 'send', time: start / 1000 + index / 500, opcode: 1, data };
    if (!file.write(`${index ? ',' : ''}${JSON.stringify(message)}`)) await once(file, 'drain');
  }
  file.end(']}]}}');
  await once(file, 'close');
}
