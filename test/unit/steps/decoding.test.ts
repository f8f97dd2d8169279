import assert from 'node:assert/strict';
import type { Direction } from '../../../src/core/base/model.js';
import type { ReadableDialect } from '../../../src/core/dialects/dialect.js';
import { mqtt } from '../../../src/core/dialects/mqtt/index.js';
import { signalr } from '../../../src/core/dialects/signalr/index.js';
import { Decoding } from '../../../src/core/steps/decoding.js';

const text = (content: string) => ({ binary: false, bytes: Buffer.from(content), atMs: 0 });
const hex = (content: string) => ({ binary: true, bytes: Buffer.from(content, 'hex'), atMs: 0 });

async function valuesOf(dialect: ReadableDialect, ...messages: readonly ReturnType<typeof text>[]) {
  const decoding = new Decoding(() => dialect);
  const direction: Direction = 'received';
  for (const message of messages) decoding.heard(direction, message);
  const all: (readonly unknown[] | null)[] = [];
  for (const message of messages) all.push(await decoding.valuesOf(message));
  return all;
}

function cmdOf(values: readonly unknown[] | null | undefined): unknown {
  return (values?.[0] as { readonly cmd?: unknown } | undefined)?.cmd;
}

describe('what steps see of decoded messages', () => {
  it('is each record of a SignalR message, handshakes and pings too', async () => {
    const completion = '{"type":3,"invocationId":"1","result":5}';
    assert.deepEqual(await valuesOf(signalr, text(`{}\x1e{"type":6}\x1e${completion}\x1e`)), [
      [{}, { type: 6 }, { type: 3, invocationId: '1', result: 5 }],
    ]);
  });

  it('is a packet of MQTT with the last of the messages that hold it, and nothing before', async () => {
    const [first, second, last] = await valuesOf(mqtt, hex('20'), hex('0200'), hex('00'));
    assert.deepEqual([first, second], [[], []]);
    assert.equal(cmdOf(last), 'connack');
  });

  it('is the answer to a ping of MQTT', async () => {
    const [values] = await valuesOf(mqtt, hex('d000'));
    assert.equal(cmdOf(values), 'pingresp');
  });
});
