import assert from 'node:assert/strict';
import { Duplex } from 'node:stream';
import * as v8 from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createClock } from '../../../src/core/base/clock.js';
import { WireTap } from '../../../src/core/transport/wireTap.js';

v8.setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

describe('WireTap', () => {
  const make = () => {
    const heard: number[] = [];
    const stream = new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done() });
    const tap = new WireTap(stream, createClock(), {
      onReceived: (chunk) => {
        heard.push(chunk.length);
        return [chunk];
      },
      onSent: () => {},
      onEnd: () => {},
    });
    return { heard, stream, tap };
  };
  /** Gives the stream a chunk that nobody but it can keep. */
  const feed = (stream: Duplex): WeakRef<Buffer> => {
    const chunk = Buffer.alloc(100_000);
    stream.push(chunk);
    return new WeakRef(chunk);
  };

  it('holds what comes before its answer was judged, then lets it pass', () => {
    const { heard, stream, tap } = make();
    stream.push(Buffer.from('one'));
    assert.deepEqual([heard, stream.read()], [[3], null]);
    tap.open();
    stream.push(Buffer.from('two'));
    assert.deepEqual([heard, String(stream.read())], [[3, 3], 'onetwo']);
  });

  it('tells of what is sent once it is on its way, with the time at which it left', () => {
    const order: string[] = [];
    let nowMs = 1;
    const stream = new Duplex({
      read: () => {},
      write: (chunk, _encoding, done) => {
        order.push(`written ${String(chunk)}`);
        nowMs = 2;
        done();
      },
    });
    const tap = new WireTap(stream, () => nowMs, {
      onReceived: (chunk) => [chunk],
      onSent: (chunk, atMs) => order.push(`told ${String(chunk)} at ${atMs}`),
      onEnd: () => {},
    });
    stream.write('one');
    assert.deepEqual([order, tap.bytesSent], [['written one', 'told one at 1'], 3]);
  });

  it('hands on before it tells where the reader need not wait', async () => {
    const { heard, stream, tap } = make();
    const order: string[] = [];
    tap.open();
    stream.on('data', (chunk) => order.push(`${String(chunk)}, ${heard.length} told`));
    // Flowing from the next turn on.
    await new Promise(setImmediate);
    stream.push(Buffer.from('one'));
    tap.passesOnFirst = true;
    stream.push(Buffer.from('two'));
    assert.deepEqual(
      [order, heard],
      [
        ['one, 1 told', 'two, 1 told'],
        [3, 3],
      ],
    );
  });

  it('keeps nothing of what comes after a refusal, however much', async () => {
    const { heard, stream, tap } = make();
    const before = feed(stream);
    tap.refuse();
    const after = feed(stream);
    // What a WeakRef was made for lives until the end of its turn.
    await new Promise(setImmediate);
    collect();
    assert.deepEqual([before.deref(), after.deref()], [undefined, undefined]);
    assert.deepEqual([heard, tap.bytesReceived], [[100_000, 100_000], 200_000]);
  });
});
