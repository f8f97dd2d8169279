import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { Outlet } from '../../../../src/cli/connect/outlet.js';

const nextTurn = () => new Promise(setImmediate);

/** A reader that takes a chunk only when told to. */
function slowReader() {
  const taken: string[] = [];
  let release: (() => void) | null = null;
  const stream = new Writable({
    highWaterMark: 8,
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      taken.push(chunk);
      release = done;
    },
  });
  return {
    output: { isTTY: false, stream, write: (text: string) => stream.write(text) },
    taken,
    read: () => {
      const done = release;
      release = null;
      done?.();
    },
  };
}

describe('Outlet', () => {
  let events: string[];
  const listener = {
    onFull: () => void events.push('full'),
    onDrained: () => void events.push('drained'),
    onGone: () => void events.push('gone'),
    onLost: (count: number) => void events.push(`lost ${count}`),
  };
  beforeEach(() => {
    events = [];
  });

  it('writes what came in one turn at once', async () => {
    const reader = slowReader();
    const outlet = new Outlet(reader.output, listener);
    outlet.write('a');
    outlet.write('b');
    assert.deepEqual(reader.taken, []);
    await nextTurn();
    assert.deepEqual(reader.taken, ['ab']);
    assert.deepEqual(events, []);
  });

  it('says when the reader is slower, and when it has caught up', async () => {
    const reader = slowReader();
    const outlet = new Outlet(reader.output, listener);
    outlet.write('0123456789');
    outlet.flush();
    assert.equal(outlet.isFull, true);
    assert.deepEqual(events, ['full']);
    outlet.write('more');
    outlet.flush();
    assert.deepEqual(events, ['full']);
    const drained = outlet.drained();
    reader.read();
    reader.read();
    await drained;
    assert.deepEqual(events, ['full', 'drained']);
    assert.deepEqual(reader.taken, ['0123456789', 'more']);
  });

  it('leaves out what nobody reads, counted, once it holds its limit', async () => {
    const reader = slowReader();
    const outlet = new Outlet(reader.output, listener, { maxBytes: 20 });
    outlet.write('0123456789');
    outlet.flush();
    for (const text of ['kept kept', 'left out', 'left out']) outlet.write(text);
    outlet.flush();
    reader.read();
    reader.read();
    await outlet.drained();
    assert.deepEqual(events, ['full', 'lost 2', 'drained']);
    assert.deepEqual(reader.taken, ['0123456789', 'kept kept']);
  });

  it('says once that the reader has gone, and waits for it no longer', async () => {
    const reader = slowReader();
    const outlet = new Outlet(reader.output, listener);
    outlet.write('0123456789');
    const drained = outlet.drained();
    reader.output.stream.on('error', () => {});
    reader.output.stream.destroy(new Error('EPIPE'));
    await drained;
    outlet.write('more');
    outlet.flush();
    assert.deepEqual(events, ['full', 'gone']);
  });
});
