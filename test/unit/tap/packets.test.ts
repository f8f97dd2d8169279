import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { once } from 'node:events';
import * as fc from 'fast-check';
import { WebSocket } from 'ws';
import { ContentReader } from '../../../src/core/contract/contentReader.js';
import { ContractLearner } from '../../../src/core/contract/learn.js';
import { inPackets, packetFormOf, Packets } from '../../../src/core/contract/packets.js';
import type { RecordedConversation } from '../../../src/core/record/conversations.js';
import { startMock } from '../../../src/core/tap/mock/mockServer.js';
import { replay } from '../../../src/core/tap/replay/replay.js';
import { conversationOf, type Line } from '../../support/conversation.js';
import { planFor } from '../../support/plan.js';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const CONNECT = '10 12 00 04 4d 51 54 54 04 02 00 3c 00 06 70 61 67 65 2d 31';
const subscribe = (id: string) => `82 06 ${id} 00 01 61 01`;
const suback = (id: string) => `90 03 ${id} 01`;
const puback = (id: string) => `40 02 ${id}`;
const publish = (id: string) => `32 06 00 01 61 ${id} 7a`;

/** A conversation of MQTT, each packet in messages of so many bytes. */
function talk(lines: readonly (readonly ['<' | '>', string])[], bytes: number): RecordedConversation {
  const split: Line[] = lines.flatMap(([mark, text]) => {
    const packet = hex(text);
    const size = mark === '>' ? bytes : packet.length;
    return Array.from(
      { length: Math.ceil(packet.length / size) },
      (_, at): Line => [mark, packet.subarray(at * size, (at + 1) * size)],
    );
  });
  const conversation = conversationOf(split);
  return { ...conversation, facts: { ...conversation.facts, dialect: 'mqtt', subprotocol: 'mqtt' } };
}

const RECORDED = (id: string, own: string) =>
  [
    ['>', CONNECT],
    ['<', '20 02 00 00'],
    ['>', subscribe(id)],
    ['<', suback(id)],
    ['<', publish(own)],
    ['>', puback(own)],
    ['>', 'e0 00'],
  ] as const;

async function mocked(recording: RecordedConversation, use: (url: string) => Promise<void>): Promise<void> {
  const mock = await startMock({
    conversations: [recording],
    host: '127.0.0.1',
    port: 0,
    pace: 'fast',
    secrets: [],
    onEvent: () => undefined,
  });
  try {
    await use(mock.url);
  } finally {
    await mock.stop();
  }
}

describe('packets that messages carry in pieces', () => {
  it('are what a contract counts, however many of them a message carries or a packet has', async () => {
    const wire = Buffer.concat(RECORDED('00 07', '00 01').map(([, text]) => hex(text)));
    const typesOf = async (sizes: readonly number[]) => {
      const reader = await ContentReader.of('mqtt');
      const learner = new ContractLearner();
      for (let at = 0, turn = 0; at < wire.length; turn++) {
        const end = at + (sizes[turn % sizes.length] ?? 1);
        for (const content of reader.readAll('sent', { binary: true, bytes: wire.subarray(at, end) }, 0))
          learner.add('sent', content);
        at = end;
      }
      const { messages, types } = learner.contract();
      return { messages, types: types.map(({ count, name }) => [name, count]) };
    };
    const one = await typesOf([1_000]);
    strictEqual(one.messages, 7);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 9 }), async (sizes) =>
        deepStrictEqual(await typesOf(sizes), one),
      ),
    );
  });

  it('are put together whatever the pieces are', () => {
    const wire = Buffer.concat(RECORDED('00 07', '00 01').map(([, text]) => hex(text)));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1 }), (sizes) => {
        const packets = new Packets(packetFormOf('mqtt')!);
        const told: string[] = [];
        for (let at = 0, turn = 0; at < wire.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          for (const { bytes } of packets.push({ binary: true, bytes: wire.subarray(at, at + size) }))
            told.push(Buffer.from(bytes).toString('hex'));
          at += size;
        }
        deepStrictEqual(
          told,
          RECORDED('00 07', '00 01').map(([, text]) => text.replaceAll(' ', '')),
        );
      }),
    );
  });

  it('count as the messages of a recording; other dialects stay as they are', () => {
    const numbers = inPackets(talk(RECORDED('00 07', '00 01'), 1)).messages.map(({ number }) => number);
    deepStrictEqual(numbers, [1, 2, 3, 4, 5, 6, 7]);
    const plain = conversationOf([['>', 'x']]);
    strictEqual(inPackets(plain), plain);
  });

  it('are answered by a mock with the ids of the client', () =>
    mocked(talk(RECORDED('fc c6', '00 01'), 1), async (url) => {
      const socket = new WebSocket(url, ['mqtt']);
      await once(socket, 'open');
      const heard: string[] = [];
      const all = new Promise<void>((resolve) =>
        socket.on('message', (data: Buffer) => {
          heard.push(data.toString('hex'));
          if (heard.length === 3) resolve();
        }),
      );
      // In other pieces than those that were recorded.
      for (const packet of [CONNECT, subscribe('12 34')]) {
        const bytes = hex(packet);
        for (let at = 0; at < bytes.length; at += 3) socket.send(bytes.subarray(at, at + 3));
      }
      await all;
      deepStrictEqual(heard, ['20020000', '9003123401', hex(publish('00 01')).toString('hex')]);
      socket.close();
      await once(socket, 'close');
    }));

  it('are replayed with the ids that the server makes now, and leave may be taken', () =>
    mocked(talk(RECORDED('00 07', '00 09'), 20), async (url) => {
      const options = { recording: 'a.wsrec', pace: 'reply', ignore: [], normalise: true, looks: false } as const;
      const told = await replay(planFor(url), talk(RECORDED('00 07', '00 01'), 1), options);
      deepStrictEqual(told.differences, []);
      strictEqual(told.sent, 4);
      strictEqual(told.same, true);
    }));
});
