import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { bundleClient } from './bundleClient.mjs';
import { median } from './median.mjs';

const FRAMES = 1_300_000;
const TEXT = 'x'.repeat(560);
const MAX_MB = 700;
const ROUNDS = 3;

const FIRST_ROWS_MS = 500;

/**
 * Processor time until a recording of 1 GB stands as a log, every frame in it / processor time of reading the same file through,
 * each in a process of its own: the median. Infinity when a frame is missing, the first rows come later than after 500 ms, or the
 * process grows beyond 700 MB.
 */
export async function measure() {
  const client = await bundleClient('openWsrecClient.ts');
  const folder = await mkdtemp(join(tmpdir(), 'wsprobe-bench-'));
  try {
    const path = join(folder, 'large.wsrec');
    await writeRecording(path);
    const rounds = [];
    for (let round = 0; round < ROUNDS; round++) {
      const read = await run(client, ['read', path]);
      rounds.push({ ...(await run(client, ['open', path])), readMs: read.ms, readCpuMs: read.cpuMs });
    }
    const of = (name) => rounds.map((each) => each[name].toFixed(0)).join(', ');
    process.stderr.write(
      `open.wsrec1GB: ${of('cpuMs')} ms of processor time (${of('ms')} ms), reading ${of('readCpuMs')} (${of('readMs')});` +
        ` first rows after ${of('firstMs')} ms; ${of('peakMB')} MB; ${of('frames')} frames\n`,
    );
    const isWhole = rounds.every(({ frames, peakMB }) => frames === FRAMES && peakMB <= MAX_MB);
    const isPrompt = median(rounds.map(({ firstMs }) => firstMs)) <= FIRST_ROWS_MS;
    return isWhole && isPrompt
      ? median(rounds.map(({ cpuMs, readCpuMs }) => cpuMs / readCpuMs))
      : Number.POSITIVE_INFINITY;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function run(client, args) {
  const { stdout } = await promisify(execFile)(process.execPath, [client, ...args]);
  return JSON.parse(stdout);
}

async function writeRecording(path) {
  const file = createWriteStream(path);
  const header = {
    schema: 'wsprobe.recording/1',
    name: 'large',
    url: 'ws://127.0.0.1/',
    startedAt: '2026-03-04T10:15:30.000Z',
  };
  file.write(`${JSON.stringify({ ...header, subprotocol: null, dialect: null, request: null, response: null })}\n`);
  const bytes = Buffer.byteLength(textOf(0));
  const bits = '"opcode":1,"fin":true,"rsv1":false,"rsv2":false,"rsv3":false,"masked":false';
  const facts = `${bits},"wireBytes":${bytes + 4},"payloadBytes":${bytes}`;
  for (let index = 0; index < FRAMES; index++) {
    const head = `{"type":"frame","connection":1,"index":${index},"atMs":${index},"direction":"received",${facts}`;
    if (!file.write(`${head},"text":${JSON.stringify(textOf(index))},"truncated":false}\n`)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
}

/** As long for every frame. */
function textOf(index) {
  return `{"id":"${String(index).padStart(8, '0')}","note":"${TEXT}"}`;
}
