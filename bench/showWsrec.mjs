import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { root } from '../scripts/setup.mjs';
import { median } from './median.mjs';

const FRAMES = 500_000;
const TEXT = 'x'.repeat(150);
const MAX_MB = 450;
const ROUNDS = 3;

/** What anybody would write: a line each, parsed and printed. */
const PLAIN = `
const lines = require('node:readline').createInterface({ input: require('node:fs').createReadStream(process.argv[1]) });
lines.on('line', (line) => {
  const { atMs, direction, text } = JSON.parse(line);
  if (text !== undefined) process.stdout.write(atMs + ' ' + direction + ' ' + text + '\\n');
});
`;

/**
 * Processor time of `wsprobe show` of a recording of 200 MB / that of a script that parses and prints each line: the median.
 * Infinity when a message is missing, or the process grows beyond 450 MB.
 */
export async function measure() {
  const folder = await mkdtemp(join(tmpdir(), 'wsprobe-bench-'));
  try {
    const path = join(folder, 'large.wsrec');
    await writeRecording(path);
    const rounds = [];
    for (let round = 0; round < ROUNDS; round++) {
      const plain = await run(['-e', PLAIN, path]);
      rounds.push({ ...(await run([join(root, 'dist/cli/wsprobe.mjs'), 'show', path])), plainMs: plain.cpuMs });
    }
    const of = (name) => rounds.map((each) => each[name].toFixed(0)).join(', ');
    process.stderr.write(
      `show.200MB: ${of('cpuMs')} ms of processor time, plain ${of('plainMs')}; ${of('peakMB')} MB; ${of('lines')} lines\n`,
    );
    const isWhole = rounds.every(({ lines, peakMB }) => lines >= FRAMES && peakMB <= MAX_MB);
    return isWhole ? median(rounds.map(({ cpuMs, plainMs }) => cpuMs / plainMs)) : Number.POSITIVE_INFINITY;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The lines that it prints, its processor time and how large it grew. */
async function run(args) {
  const child = spawn(process.execPath, ['--require', join(root, 'bench/cpuAtExit.cjs'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
  });
  let told = '';
  child.stdio[3].on('data', (chunk) => (told += chunk));
  let lines = 0;
  child.stdout.on('data', (chunk) => {
    for (const byte of chunk) if (byte === 10) lines += 1;
  });
  await once(child, 'close');
  const [cpuUs, peakKB] = told.split(' ').map(Number);
  return { lines, cpuMs: cpuUs / 1000, peakMB: peakKB / 1024 };
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
  const facts = '"opcode":1,"fin":true,"rsv1":false,"rsv2":false,"rsv3":false,"masked":false,"truncated":false';
  for (let index = 0; index < FRAMES; index++) {
    const text = JSON.stringify({ id: index, note: TEXT });
    const sizes = `"wireBytes":${text.length + 4},"payloadBytes":${text.length}`;
    const head = `{"type":"frame","connection":1,"index":${index},"atMs":${index},"direction":"received",${facts},${sizes}`;
    if (!file.write(`${head},"text":${JSON.stringify(text)}}\n`)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
}
