import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Payload } from '../../../src/core/base/message.js';
import type { ReadableDialect } from '../../../src/core/dialects/dialect.js';
import { mqtt } from '../../../src/core/dialects/mqtt/index.js';
import { signalr } from '../../../src/core/dialects/signalr/index.js';
import { socketIo } from '../../../src/core/dialects/socketIo/index.js';
import { stomp } from '../../../src/core/dialects/stomp/index.js';
import { jsonValue } from '../../../src/core/payload/decoders/jsonValue.js';
import { encodePayload } from '../../../src/core/payload/encodePayload.js';

/** What the dialect reads of a payload that was encoded; the text where it adds nothing to it. */
async function readBack(dialect: ReadableDialect, payload: Payload): Promise<unknown> {
  const { binary, bytes } = await encodePayload(payload, { baseDir: null });
  const decoder = await dialect.createDecoder();
  const [one, ...more] = decoder.decode({ direction: 'sent', binary, bytes, atMs: 0 });
  assert.deepEqual([one?.problem, more], [undefined, []]);
  return one?.value === undefined ? Buffer.from(bytes).toString() : jsonValue(one.value);
}

const plain = (text: string) => !text.includes('${');
const json = fc
  .jsonValue({ maxDepth: 3 })
  .map((value) => JSON.parse(JSON.stringify(value)) as unknown)
  .filter((value) => plain(JSON.stringify(value)));
const text = fc.string({ unit: 'grapheme', maxLength: 30 }).filter(plain);

describe('what a kind of payload encodes is what its dialect reads', () => {
  it('socketio', async () => {
    const namespace = fc.constantFrom('/', '/admin', '/a/b');
    const event = fc.record({ event: text, args: fc.array(json, { maxLength: 3 }), namespace, ack: fc.nat() });
    await fc.assert(
      fc.asyncProperty(event, async (socketio) => {
        assert.deepEqual(await readBack(socketIo, { socketio }), {
          type: 'EVENT',
          namespace: socketio.namespace,
          id: String(socketio.ack),
          data: [socketio.event, ...socketio.args],
        });
      }),
    );
  });

  it('signalr', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(json, { maxLength: 3 }), async (args) => {
        const value = { type: 1, target: 'Send', arguments: args };
        const read = await readBack(signalr, { signalr: value });
        const said = typeof read === 'string' ? (JSON.parse(read.replace(/\u001e$/, '')) as unknown) : read;
        assert.deepEqual(said, value);
      }),
    );
  });

  it('stomp', async () => {
    const name = fc
      .string({ minLength: 1, maxLength: 8 })
      .filter((each) => plain(each) && !/^(content-length|passcode|__proto__)$/.test(each));
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, text, { maxKeys: 4 }), text, async (headers, body) => {
        const read = (await readBack(stomp, { stomp: { command: 'SEND', headers, body } })) as Record<string, unknown>;
        const { 'content-length': _, ...others } = read['headers'] as Record<string, unknown>;
        assert.deepEqual(others, { ...headers });
        const { body: shown = '' } = read;
        assert.equal(
          (typeof shown === 'string' ? shown : JSON.stringify(shown)).replace(/\s/g, ''),
          body.replace(/\s/g, ''),
        );
      }),
    );
  });

  it('mqtt', async () => {
    const topic = fc.stringMatching(/^[a-z]{1,8}(\/[a-z]{1,8}){0,3}$/);
    const packet = fc.record({
      topic,
      payload: fc.stringMatching(/^[a-z ]{0,30}$/),
      qos: fc.constantFrom(0, 1, 2),
      retain: fc.boolean(),
      messageId: fc.integer({ min: 1, max: 65535 }),
    });
    await fc.assert(
      fc.asyncProperty(packet, async ({ messageId, ...fields }) => {
        const given = { cmd: 'publish', ...fields, ...(fields.qos > 0 ? { messageId } : {}) };
        const read = (await readBack(mqtt, { mqtt: given })) as Record<string, unknown>;
        const kept = Object.fromEntries(Object.keys(given).map((key) => [key, read[key]]));
        assert.deepEqual(kept, given);
      }),
    );
  });
});
