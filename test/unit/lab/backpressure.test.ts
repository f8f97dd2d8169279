import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { encodeFrame } from '../../../src/core/frames/frameEncoder.js';
import { ByteServer, closeFrame } from '../../support/byteServer.js';
import { experiment, findingIds } from '../../support/experiments.js';

const MESSAGE = encodeFrame({ opcode: 2, payload: Buffer.alloc(128 * 1024) });
const LIMIT_BYTES = 1024 * 1024;
const EVERY_MS = 4;
const MOST_AT_ONCE = 50;

describe('lab backpressure', () => {
  const cleanups: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    await Promise.all(cleanups.splice(0).map((cleanup) => cleanup()));
  });
  /** A stream of some 30 MB a second, by whatever the server does with a socket that takes no more. */
  const run = async (write: (socket: Socket) => void, forMs = 2_000) => {
    const server = await ByteServer.start({
      onOpen: (socket) => {
        let sentMs = performance.now();
        // What a busy machine had no time for comes with the next.
        const timer = setInterval(() => {
          for (let count = 0; count < MOST_AT_ONCE && sentMs < performance.now(); count++, sentMs += EVERY_MS)
            write(socket);
        }, EVERY_MS);
        socket.on('close', () => clearInterval(timer));
      },
      onFrame: ({ opcode }, socket) => opcode === 8 && socket.end(closeFrame(1000)),
    });
    cleanups.push(() => server.stop());
    return experiment('backpressure', server.url(), { forMs }, { timeouts: { closeMs: 500 } });
  };

  it('passes where the server cuts a client that does not read, and tells when', async () => {
    const record = await run((socket) => {
      if (socket.writableLength > LIMIT_BYTES) socket.destroy();
      else socket.write(MESSAGE);
    });
    assert.equal(record.verdict, 'pass', record.conclusion);
    assert.match(record.conclusion, /^A client that stops reading is cut after/);
    assert.ok((record.numbers['stalledCutAfterMs'] ?? 0) > 0);
  });

  it('passes where it leaves out what is not read', async () => {
    const record = await run((socket) => {
      if (socket.writableLength < LIMIT_BYTES) socket.write(MESSAGE);
    });
    assert.equal(record.verdict, 'pass', record.conclusion);
    assert.match(record.conclusion, /stays connected, and is not sent all/);
  });

  it('warns where it keeps all there is', async () => {
    const record = await run((socket) => socket.write(MESSAGE));
    assert.deepEqual([record.verdict, findingIds(record)], ['warn', ['lab.unbounded-buffer']], record.conclusion);
    assert.ok((record.numbers['keptBytes'] ?? 0) > 8 * 1024 * 1024);
  });

  it('says that it cannot tell where little or nothing is sent', async () => {
    const silent = await run(() => {}, 200);
    assert.equal(silent.verdict, 'warn');
    assert.match(silent.conclusion, /sends nothing by itself.*--send/);
    const tick = encodeFrame({ opcode: 1, payload: 'tick' });
    const little = await run((socket) => socket.write(tick), 600);
    assert.notEqual(little.verdict, 'fail');
    assert.deepEqual(findingIds(little), []);
  });
});
