// Measures the frame log in a process of its own; prints one JSON document. Argument: memory or filter.
import type { Frame } from '../src/core/base/frame.js';
import { FrameLog } from '../src/core/frames/log/frameLog.js';
import { median } from './median.mjs';

const FRAMES = 1_000_000;
const ROUNDS = 5;
/** In one row, in none, in every row, and not in any. */
const FILTERS = ['999999', 'case:on 999999', 'zebra', 'ACME', '-acme'];

function fill(log: FrameLog): void {
  const payload = Buffer.from('{"type":"tick","symbol":"ACME","price":12345.67,"seq":000000000}');
  const frame: Frame = {
    direction: 'received',
    fin: true,
    rsv1: false,
    rsv2: false,
    rsv3: false,
    opcode: 1,
    masked: false,
    maskKey: 0,
    headerBytes: 2,
    payloadBytes: payload.length,
    wireOffset: 0,
    atMs: 0,
    payload,
    truncated: false,
  };
  for (let at = 0; at < FRAMES; at++) {
    count(payload, 62);
    log.append(frame, 1);
  }
}

/** Adds one to the decimal number whose last digit is at `at`. */
function count(bytes: Buffer, at: number): void {
  let digit = at;
  while (bytes[digit] === 0x39) bytes[digit--] = 0x30;
  bytes.writeUInt8(bytes.readUInt8(digit) + 1, digit);
}

function memory(): object {
  const used = () => {
    globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = used();
  const log = new FrameLog({ spillDir: null });
  fill(log);
  const bytes = used() - before;
  const { frames, droppedPayloads } = log.status();
  if (frames !== FRAMES || droppedPayloads !== 0) throw new Error('the log does not hold what it was given');
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    const startedAt = performance.now();
    fill(log);
    rounds.push(((performance.now() - startedAt) * 1e6) / FRAMES);
  }
  return { bytesPerFrame: bytes / FRAMES, appendNs: median(rounds) };
}

async function filter(): Promise<object[]> {
  const log = new FrameLog({ spillDir: null });
  fill(log);
  const results: object[] = [];
  for (const text of FILTERS) {
    const rounds = [];
    for (let round = 0; round < ROUNDS; round++) rounds.push(await filterOnce(log, text));
    results.push({
      filter: text,
      rows: rounds.at(0)?.rows,
      totalMs: median(rounds.map(({ totalMs }) => totalMs)),
      firstMs: median(rounds.map(({ firstMs }) => firstMs)),
    });
  }
  return results;
}

/** `firstMs`: when the view first told of progress, with whatever rows it had by then. */
async function filterOnce(log: FrameLog, text: string): Promise<{ rows: number; totalMs: number; firstMs: number }> {
  const startedAt = performance.now();
  const view = log.openView({ mode: 'messages', filter: text });
  let firstMs: number | null = null;
  await new Promise<void>((resolve) => {
    view.onDidGrow(() => {
      firstMs ??= performance.now() - startedAt;
      if (!view.scanning) resolve();
    });
  });
  const totalMs = performance.now() - startedAt;
  const rows = view.total;
  view.close();
  return { rows, totalMs, firstMs: firstMs ?? totalMs };
}

const result = process.argv[2] === 'memory' ? memory() : await filter();
process.stdout.write(JSON.stringify(result));
