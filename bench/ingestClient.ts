// Runs in its own process, bundled as the engine is: bare `ws` and a session against one flood, taking turns.
// Prints the messages a second of every round as JSON, and what was left of the payloads when the peer had closed.
import { tmpdir } from 'node:os';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { planFromUrl } from '../src/core/profile/resolve.js';
import { Http2Pool } from '../src/core/transport/carriers/http2/http2Pool.js';
import { LiveSource } from '../src/core/session/liveSource.js';

const rounds = 5;
const MIB = 1 << 20;

/** Of the payloads of one round, when its last message had arrived. */
interface Kept {
  readonly memoryMB: number;
  readonly diskMB: number;
  readonly droppedPayloads: number;
  /** Rows, with everything that was known of them. */
  readonly droppedFrames: number;
  /** Frames that are not in the recording, where there is one. */
  readonly unrecorded: number;
}

async function main(base: string, size: number, count: number, recording: boolean): Promise<void> {
  const url = `${base}/?size=${size}&count=${count}`;
  const warmUp = `${base}/?size=${size}&count=${Math.ceil(count / 10)}`;
  await bare(warmUp, count / 10);
  await session(warmUp, count / 10, recording);
  const results: ({ bare: number; session: number } & Kept)[] = [];
  for (let round = 0; round < rounds; round++) {
    const plain = await bare(url, count);
    const kept = await session(url, count, recording);
    results.push({ bare: plain, session: kept.rate, ...kept.kept });
  }
  process.stdout.write(`${JSON.stringify(results)}\n`);
}

function bare(url: string, count: number): Promise<number> {
  return new Promise((done, fail) => {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    let startedAt = 0;
    let messages = 0;
    socket.on('open', () => {
      startedAt = performance.now();
    });
    socket.on('message', () => {
      messages += 1;
      if (messages >= count) done((messages * 1000) / (performance.now() - startedAt));
    });
    socket.on('error', fail);
  });
}

async function session(url: string, count: number, records: boolean): Promise<{ rate: number; kept: Kept }> {
  const { plan } = planFromUrl(url, { compression: false });
  if (!plan) throw new Error('No plan');
  const path = records ? join(tmpdir(), `wsprobe-ingest-${process.pid}.wsrec`) : null;
  let live: LiveSource | null = null;
  const finished = new Promise<number>((done) => {
    live = new LiveSource({
      sessionId: 'bench',
      plan,
      vantage: { host: 'bench', remote: null },
      budget: { memoryBytes: 64 << 20, diskBytes: 1 << 30 },
      spillDir: tmpdir(),
      pool: new Http2Pool(),
      onChange: () => {
        const state = live?.session.state;
        if (state === 'closed') done(performance.now());
      },
    });
  });
  const opened = live as unknown as LiveSource;
  await opened.open(path);
  const openAt = performance.now();
  const endAt = await finished;
  const { received, sent, log, recording } = opened.snapshot();
  if (received.messages < count) throw new Error(`${received.messages} of ${count} messages arrived`);
  const kept: Kept = {
    memoryMB: log.payloadBytesInMemory / MIB,
    diskMB: log.payloadBytesOnDisk / MIB,
    droppedPayloads: log.droppedPayloads,
    droppedFrames: log.droppedFrames,
    unrecorded: recording === null ? 0 : received.frames + sent.frames - recording.frames,
  };
  await opened.dispose();
  if (path) await rm(path, { force: true });
  return { rate: (received.messages * 1000) / (endAt - Math.min(openAt, endAt - 1)), kept };
}

const [base = '', size = '64', count = '1000000', recording = 'no'] = process.argv.slice(2);
main(base, Number(size), Number(count), recording === 'record').catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
