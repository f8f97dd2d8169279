import assert from 'node:assert/strict';
import { on, once } from 'node:events';
import { truncateSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { type RecordedConversation, readConversations } from '../../../src/core/record/conversations.js';
import { openAnyRecording } from '../../../src/core/record/openAny.js';
import type { MockEvent } from '../../../src/core/tap/mock/mockEvents.js';
import { type Mock, type MockOptions, startMock } from '../../../src/core/tap/mock/mockServer.js';
import { conversationOf, endOf } from '../../support/conversation.js';
import { frameLine, header } from '../record/samples.js';
import { useTempFolder } from '../record/temp.js';

describe('mock', () => {
  const folder = useTempFolder();
  const mocks: Mock[] = [];
  afterEach(async () => {
    for (const mock of mocks.splice(0)) await mock.stop();
  });

  async function mockOf(conversations: readonly RecordedConversation[], options: Partial<MockOptions> = {}) {
    const events: MockEvent[] = [];
    const onEvent = (event: MockEvent) => void events.push(event);
    const mock = await startMock({
      conversations,
      host: '127.0.0.1',
      port: 0,
      pace: 'fast',
      secrets: [],
      onEvent,
      ...options,
    });
    mocks.push(mock);
    return { mock, events };
  }

  /** The texts that come before the connection ends, and its close code; `said` is sent once it is open. */
  async function talk(url: string, said: readonly string[], protocols: string[] = []) {
    const socket = new WebSocket(url, protocols);
    const texts: string[] = [];
    socket.on('message', (data: Buffer) => void texts.push(data.toString()));
    await once(socket, 'open');
    for (const text of said) socket.send(text);
    const [code] = (await once(socket, 'close')) as [number];
    return { texts, code, protocol: socket.protocol };
  }

  it('greets, answers and closes as it was recorded, with the subprotocol', async () => {
    const { mock } = await mockOf([
      conversationOf(
        [
          ['<', 'welcome'],
          ['>', 'bye'],
          ['<', 'bye then'],
        ],
        { subprotocol: 'chat.v1' },
        endOf(4003, 'server', 'gone'),
      ),
    ]);
    assert.deepEqual(await talk(mock.url, ['bye'], ['other', 'chat.v1']), {
      texts: ['welcome', 'bye then'],
      code: 4003,
      protocol: 'chat.v1',
    });
  });

  it('answers each client by a connection of its path, in turn', async () => {
    const of = (target: string, text: string, connection: number): RecordedConversation => ({
      ...conversationOf([['<', text]], { request: { target, headers: [] } }, endOf(1000, 'server')),
      connection,
    });
    const { events, mock } = await mockOf([of('/a', 'a1', 1), of('/b', 'b1', 2), of('/a?x=1', 'a2', 3)]);
    const heard: string[] = [];
    for (const path of ['a?y=2', 'a', 'b', 'c']) heard.push(...(await talk(`${mock.url}${path}`, [])).texts);
    assert.deepEqual(heard, ['a1', 'a2', 'b1', 'a1']);
    assert.deepEqual(
      events.flatMap((event) => (event.kind === 'connected' ? event.connection : [])),
      [1, 3, 2, 1],
    );
  });

  it('serves what there is of a recording that was cut in half', async () => {
    const path = folder.path('half.wsrec');
    const line = (index: number, direction: 'sent' | 'received', text: string) =>
      frameLine({ index, atMs: index, direction, masked: direction === 'sent', text, payloadBytes: text.length });
    const lines = [
      header,
      line(0, 'sent', 'one'),
      line(1, 'received', '1'),
      line(2, 'sent', 'two'),
      line(3, 'received', '2'),
    ];
    const text = lines.map((each) => `${JSON.stringify(each)}\n`).join('');
    await writeFile(path, text);
    truncateSync(path, text.length - 40);
    const { conversations, notes } = await readConversations(await openAnyRecording(path));
    assert.match(notes.join(), /cut off/);
    const { mock } = await mockOf(conversations);
    const socket = new WebSocket(mock.url);
    await once(socket, 'open');
    socket.send('two');
    socket.send('one');
    const [data] = (await once(socket, 'message')) as [Buffer];
    assert.equal(data.toString(), '1');
    socket.terminate();
  });

  it('reads recordings of compressed, fragmented and binary messages as whole ones', async () => {
    const path = folder.path('kinds.wsrec');
    const inflated = { text: 'inflated', bytes: 8, truncated: false };
    const lines = [
      header,
      frameLine({ index: 0, fin: false, text: 'frag', payloadBytes: 4 }),
      frameLine({ index: 1, opcode: 0, text: 'ment', payloadBytes: 4 }),
      frameLine({ index: 2, rsv1: true, base64: 'AAAA', payloadBytes: 3, inflated }),
      frameLine({ index: 3, rsv1: true, base64: 'AAAA', payloadBytes: 3 }),
      frameLine({ index: 4, opcode: 2, base64: 'AAEC', payloadBytes: 3 }),
    ];
    await writeFile(path, lines.map((each) => `${JSON.stringify(each)}\n`).join(''));
    const { conversations, notes } = await readConversations(await openAnyRecording(path));
    assert.deepEqual(
      conversations[0]?.messages.map(({ binary, bytes, number }) => [
        number,
        binary,
        Buffer.from(bytes).toString('latin1'),
      ]),
      [
        [1, false, 'fragment'],
        [2, false, 'inflated'],
        [4, true, '\0\u0001\u0002'],
      ],
    );
    assert.match(notes.join(), /1 messages are not in the recording as a whole/);
  });

  it('stands what hostile clients send', async () => {
    const { events, mock } = await mockOf([conversationOf([['<', 'hello']])]);
    const { port } = new URL(mock.url);
    for (const bytes of [
      'GET / HTTP/1.1\r\n\r\n',
      'rubbish\0\0\0',
      `GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n`,
    ]) {
      const socket = connect(Number(port), '127.0.0.1');
      socket.on('error', () => {});
      socket.resume();
      socket.write(bytes);
      await once(socket, 'close');
    }
    const broken = new WebSocket(mock.url);
    await once(broken, 'open');
    (broken as unknown as { _socket: { write(bytes: Buffer): void } })._socket.write(Buffer.from('f700ff', 'hex'));
    const [code] = (await once(broken, 'close')) as [number];
    assert.equal(code, 1002);
    const noisy = new WebSocket(mock.url);
    await once(noisy, 'open');
    for (let at = 0; at < 500; at++) noisy.send(`{"type":"${at}"`);
    noisy.close();
    await once(noisy, 'close');
    while (events.at(-1)?.kind !== 'closed' || events.filter(({ kind }) => kind === 'closed').length < 2)
      await nextTurn();
    assert.equal(events.filter(({ kind }) => kind === 'unmatched').length, 100);
  });

  it('keeps little for a client that does not read', async () => {
    const size = 64 * 1024;
    const { events, mock } = await mockOf([
      conversationOf([
        ['>', 'more'],
        ['<', 'x'.repeat(size)],
      ]),
    ]);
    const socket = new WebSocket(mock.url);
    await once(socket, 'open');
    socket.pause();
    for (let at = 0; at < 1_000; at++) socket.send('more');
    const answered = () => events.filter(({ kind }) => kind === 'answered').length;
    let [before, quiet] = [-1, 0];
    while (quiet < 300) {
      await nextTurn();
      quiet = answered() === before ? quiet + 1 : 0;
      before = answered();
    }
    assert.ok(answered() < 500, `${answered()} of 1000 answers`);
    const messages = on(socket, 'message')[Symbol.asyncIterator]();
    socket.resume();
    for (let received = 0; received < 1_000; received++) await messages.next();
    socket.terminate();
  });

  it('says where it cannot listen', async () => {
    const { mock } = await mockOf([conversationOf([])]);
    const port = Number(new URL(mock.url).port);
    await assert.rejects(mockOf([conversationOf([])], { port }), { code: 'mock.listen' });
  });
});
