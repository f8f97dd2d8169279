/** Run with `--expose-gc`: probes many servers whose answers Node refuses halfway, collects what is left, and says how many sessions stayed. */
import { connect } from 'node:http2';
import { setImmediate, setTimeout } from 'node:timers/promises';
import * as v8 from 'node:v8';
import { runProbe } from '../../../../src/core/probe/runProbe.js';
import { FLAG, headers, Http2Peer, settingsAck, takesConnect } from '../../../support/http2Frames.js';
import { planFor } from '../../../support/plan.js';

const { gc, queryObjects } = { ...globalThis, ...v8 } as unknown as {
  readonly gc: (options?: { type: 'minor' }) => void;
  readonly queryObjects: (constructor: unknown, options: { format: 'count' }) => number;
};

const OK = [':status', '200'] as const;
const some = Array.from({ length: 100 }, (_, index) => [`x-${index}`, 'y'.repeat(50)] as const);
const tooMany = Array.from({ length: 2_100 }, () => ['x', 'y'] as const);

const REFUSED: ((streamId: number) => Uint8Array[])[] = [
  (id) => [headers(id, [OK, ...tooMany])],
  (id) => [headers(id, [OK, ...some, ['connection', 'close']])],
  (id) => [headers(id, [OK]), headers(id, [...some, ...tooMany], FLAG.endStream)],
];

async function visit(answer: (streamId: number) => Uint8Array[]): Promise<void> {
  const peer = await Http2Peer.start(async (connection) => {
    connection.send(takesConnect, settingsAck);
    const streamId = await connection.request();
    if (streamId > 0) connection.send(...answer(streamId));
  });
  await runProbe(planFor(peer.url, { http: '2', timeouts: { upgradeMs: 2_000 }, expect: { holdMs: 50 } }));
  await peer.stop();
}

async function collectRefused(): Promise<void> {
  for (const answer of REFUSED) {
    for (let round = 0; round < 8; round += 1) {
      await Promise.all(Array.from({ length: 12 }, () => visit(answer)));
      gc({ type: 'minor' });
      await setImmediate();
    }
    gc();
  }

  const last = connect('http://127.0.0.1:1');
  last.on('error', () => {});
  last.destroy();
  const others = () => queryObjects(last.constructor, { format: 'count' }) - 1;
  for (let tries = 0; tries < 50 && others() > 0; tries += 1) {
    gc();
    // What was collected is told in a task of its own.
    await setTimeout(10);
  }
  process.stdout.write(`${others()} sessions left\n`);
}

void collectRefused();
