// Runs in its own process, bundled as the engine is: one session with the default limits takes a flood of 1 KiB messages.
// Prints by how much the memory of the process grew, at its highest and at the end, as JSON.
import { tmpdir } from 'node:os';
import { planFromUrl } from '../src/core/profile/resolve.js';
import type { SessionSnapshot } from '../src/core/session/snapshot.js';
import { Http2Pool } from '../src/core/transport/carriers/http2/http2Pool.js';
import { LiveSource } from '../src/core/session/liveSource.js';

const SIZE = 1024;
const WARM_UP = 2000;
const SAMPLE_MS = 20;
const MIB = 1 << 20;

async function main(base: string, count: number): Promise<void> {
  // Code that is compiled and buffers that are pooled on first use are no growth.
  await take(`${base}/?size=${SIZE}&count=${WARM_UP}`);
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  let peak = before;
  const sample = (): void => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  const timer = setInterval(sample, SAMPLE_MS);
  const { received, log } = await take(`${base}/?size=${SIZE}&count=${count}`, sample);
  clearInterval(timer);
  if (received.messages < count) throw new Error(`${received.messages} of ${count} messages arrived`);
  const { payloadBytesInMemory, payloadBytesOnDisk, droppedFrames, droppedPayloads } = log;
  const result = {
    peakMB: (peak - before) / MIB,
    endMB: (process.memoryUsage.rss() - before) / MIB,
    payloadMB: payloadBytesInMemory / MIB,
    diskMB: payloadBytesOnDisk / MIB,
    droppedFrames,
    droppedPayloads,
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

/** A session until its peer has closed it; `onChange` is called while its log is still whole. */
async function take(url: string, onChange: () => void = () => undefined): Promise<SessionSnapshot> {
  const { plan } = planFromUrl(url, { compression: false });
  if (!plan) throw new Error('No plan');
  let resolve: () => void = () => undefined;
  const closed = new Promise<void>((done) => {
    resolve = done;
  });
  const live: LiveSource = new LiveSource({
    sessionId: 'bench',
    plan,
    vantage: { host: 'bench', remote: null },
    budget: { memoryBytes: 64 * MIB, diskBytes: 1024 * MIB },
    spillDir: tmpdir(),
    pool: new Http2Pool(),
    onChange: () => {
      onChange();
      if (live.session.state === 'closed') resolve();
    },
  });
  await live.open();
  await closed;
  const snapshot = live.snapshot();
  await live.dispose();
  return snapshot;
}

const [base = '', count = ''] = process.argv.slice(2);
main(base, Number(count)).catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
