// Runs in its own process, bundled as the product is: bare `ws` and full probes against one server, taking turns.
// Prints the two medians of every round as JSON.
import { WebSocket } from 'ws';
import { runProbe } from '../src/core/probe/runProbe.js';
import { planFromUrl } from '../src/core/profile/resolve.js';
import { median } from './median.mjs';

const rounds = 9;
const connectionsPerTurn = 150;
const warmUpTurns = 3;

async function main(url: string): Promise<void> {
  const { plan, problems } = planFromUrl(url, { expect: { holdMs: 0 } });
  if (plan === null) throw new Error(problems.map((problem) => problem.message).join('; '));
  const bare = (): Promise<void> => connectAndClose(url);
  const probe = async (): Promise<void> => {
    const report = await runProbe(plan);
    if (report.verdict !== 'healthy')
      throw new Error(`The probe was ${report.verdict}: ${JSON.stringify(report.error)}`);
  };
  for (let turn = 0; turn < warmUpTurns; turn++) {
    await timed(bare);
    await timed(probe);
  }
  const results: { bareMs: number; probeMs: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const bareFirst = round % 2 === 0;
    const first = await timed(bareFirst ? bare : probe);
    const second = await timed(bareFirst ? probe : bare);
    results.push({ bareMs: bareFirst ? first : second, probeMs: bareFirst ? second : first });
  }
  process.stdout.write(`${JSON.stringify(results)}\n`);
}

async function timed(connect: () => Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let count = 0; count < connectionsPerTurn; count++) {
    const startedAt = performance.now();
    await connect();
    times.push(performance.now() - startedAt);
  }
  return median(times);
}

function connectAndClose(url: string): Promise<void> {
  return new Promise((done, fail) => {
    const socket = new WebSocket(url);
    socket.once('open', () => socket.close(1000));
    socket.once('close', () => done());
    socket.once('error', fail);
  });
}

main(process.argv[2] ?? '').catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
