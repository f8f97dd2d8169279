import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectionEnd } from '../../../src/core/base/sessionEvent.js';
import type { LogMode } from '../../../src/core/base/logRow.js';
import type { FrameLog } from '../../../src/core/frames/log/frameLog.js';
import { exportSource } from '../../../src/core/session/exportSource.js';
import { type ObservedFacts, ObservedSource } from '../../../src/core/session/observedSource.js';
import { RecordedSource } from '../../../src/core/session/recordedSource.js';
import { receivedFrame } from '../../support/frames.js';

const UNKNOWN_END: ConnectionEnd = { code: null, reason: '', initiator: 'network', clean: false, evidence: '' };

const facts = (url: string, fields: Partial<ObservedFacts> = {}): ObservedFacts => ({
  url,
  peer: null,
  subprotocol: null,
  request: null,
  response: null,
  ...fields,
});

describe('ObservedSource', () => {
  let folder: string;
  let source: ObservedSource;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wsprobe-observed-'));
  });
  beforeEach(() => {
    source = new ObservedSource({ sessionId: 'o', name: 'browser', url: 'http://127.0.0.1:9222', spillDir: null });
  });
  afterEach(() => source.dispose());
  after(() => rm(folder, { recursive: true }));

  const say = (connection: number, text: string, direction: 'sent' | 'received' = 'received') => {
    const bytes = Buffer.from(text);
    source.message(connection, { direction, binary: false, bytes, payloadBytes: bytes.length, atMs: source.now() });
  };
  const rows = async (filter = '', mode: LogMode = 'messages') => {
    const view = source.log.openView({ mode, filter });
    do await new Promise(setImmediate);
    while (view.scanning);
    const found = await view.rows(0, 1_000);
    view.close();
    return found;
  };

  it('keeps many connections apart in one log, by their number', async () => {
    const first = source.opened(facts('ws://host/a'));
    const second = source.opened(facts('ws://host/b'));
    say(second, 'two');
    say(first, 'one');
    say(second, 'two again', 'sent');
    assert.deepEqual([first, second], [1, 2]);
    assert.deepEqual(
      (await rows('conn:2')).map(({ preview }) => preview),
      ['Open: ws://host/b', 'two', 'two again'],
    );
  });

  it('tells in its snapshot who is there, the newest first, and how each ended', () => {
    const first = source.opened(facts('ws://host/a?token=abc'));
    const second = source.began(facts('ws://host/b'));
    const third = source.opened(facts('ws://host/', { peer: '127.0.0.1:1', name: '127.0.0.1:1', isPartial: true }));
    say(first, 'x');
    source.refused(second, 'Error during WebSocket handshake: 403');
    source.closed(third, { ...UNKNOWN_END, code: 1001, clean: true });
    const { observed, connections, state } = source.snapshot();
    assert.deepEqual([connections, state, observed?.open], [3, 'open', 1]);
    assert.deepEqual(
      observed?.listed.map(({ name, state, code, messages, isPartial }) => [name, state, code, messages, isPartial]),
      [
        ['/a', 'open', null, 1, false],
        ['127.0.0.1:1', 'closed', 1001, 0, true],
        ['/b', 'refused', null, 0, false],
      ],
    );
    assert.equal(observed?.listed[0]?.url, 'ws://host/a?token=[redacted]');
    source.finish({ ...UNKNOWN_END, evidence: 'the browser went away' });
    assert.deepEqual([source.snapshot().state, source.snapshot().observed?.open], ['closed', 0]);
  });

  it('judges the dialect of each connection by itself, and labels and pairs by it', async () => {
    const graphql = source.opened(facts('ws://host/graphql', { subprotocol: 'graphql-transport-ws' }));
    const plain = source.opened(facts('ws://host/'));
    const rpc = source.opened(facts('ws://host/rpc'));
    say(plain, 'hello');
    say(graphql, '{"type":"connection_init"}', 'sent');
    say(graphql, '{"type":"connection_ack"}');
    say(rpc, '{"jsonrpc":"2.0","id":1,"method":"sum"}', 'sent');
    say(rpc, '{"jsonrpc":"2.0","id":1,"result":3}');
    await new Promise((resolve) => setTimeout(resolve, 0));
    await new Promise(setImmediate);
    await source.dialect.caughtUp();
    const labels = (await rows()).filter(({ kind }) => kind === 'text').map(({ label }) => label !== null);
    assert.deepEqual(labels, [false, true, true, true, true]);
    assert.ok(source.dialect.operations().some(({ operation }) => operation.includes('sum')));
  });

  it('follows fragments and compressed messages of connections that speak at the same time', async () => {
    const path = join(folder, 'wire.wsrec');
    await source.record(path, 'replace');
    const first = source.opened(facts('ws://host/a'));
    const second = source.opened(facts('ws://host/b'));
    const frame = (connection: number, hex: string, fields: object) =>
      source.frame(connection, receivedFrame(Buffer.from(hex, 'hex'), fields));
    frame(first, '6161', { opcode: 1, fin: false });
    frame(second, 'f248cdc9c90700', { opcode: 1, rsv1: true });
    frame(first, '6262', { opcode: 0, fin: true });
    frame(second, '6363', { opcode: 1 });
    source.inflated(second, 'received', Buffer.from('Hello'), false);
    source.closed(first, { ...UNKNOWN_END, code: 1000, clean: true });
    const texts = (all: Awaited<ReturnType<typeof rows>>) =>
      all.filter(({ kind }) => kind === 'text').map(({ connection, preview }) => [connection, preview]);
    const told = [
      [1, 'aabb'],
      [2, 'Hello'],
      [2, 'cc'],
    ];
    assert.deepEqual(texts(await rows()), told);
    await source.record(null);
    const recorded = await RecordedSource.open('r', path);
    const view = recorded.log.openView({ mode: 'messages', filter: '' });
    assert.deepEqual(texts([...(await view.rows(0, 100))]), told);
    assert.deepEqual(
      recorded.connections.map(({ url, close }) => [url, close?.code ?? null]),
      [
        ['ws://host/a', 1000],
        ['ws://host/b', null],
      ],
    );
    await recorded.dispose();
  });

  it('gives no message what another one holds: where content cannot be read, and where it comes late', async () => {
    const path = join(folder, 'missed.wsrec');
    await source.record(path, 'replace');
    const connection = source.opened(facts('ws://host/a'));
    const compressed = () =>
      source.frame(connection, receivedFrame(Buffer.from('f248cdc9c90700', 'hex'), { opcode: 1, rsv1: true }));
    compressed();
    source.notInflated(connection, 'received');
    compressed();
    source.inflated(connection, 'received', Buffer.from('second'), false);
    // More than the file waits for.
    for (let index = 0; index < 1_002; index++) compressed();
    for (let index = 0; index < 1_002; index++) {
      source.inflated(connection, 'received', Buffer.from(`late ${index}`), false);
    }
    const contents = async (log: FrameLog) => {
      const view = log.openView({ mode: 'messages', filter: '' });
      const pages = [...(await view.rows(0, 1_000)), ...(await view.rows(1_000, 1_000))];
      return pages.filter(({ kind }) => kind === 'text').map(({ deflated, preview }) => (deflated ? null : preview));
    };
    const late = Array.from({ length: 1_002 }, (_, index) => `late ${index}`);
    assert.deepEqual(await contents(source.log), [null, 'second', ...late]);
    await source.record(null);
    const recorded = await RecordedSource.open('r', path);
    const kept = await contents(recorded.log);
    await recorded.dispose();
    assert.deepEqual(kept, [null, 'second', ...late.map((text, index) => (index < 1_000 ? null : text))]);
  });

  it('keeps secrets out of handshakes, rows and files, those that come later too', async () => {
    const path = join(folder, 'secret.wsrec');
    source.learn('s3cr3t-value');
    await source.record(path, 'replace');
    const headers = [
      ['Cookie', 'sid=cookie-value; theme=dark'],
      ['Authorization', 'Bearer bearer-value'],
      ['Origin', 'http://localhost'],
    ] as const;
    const request = { target: '/?token=query-value', headers };
    const connection = source.opened(facts('ws://host/?token=query-value', { request }));
    say(connection, 'the s3cr3t-value of it');
    source.closed(connection, { ...UNKNOWN_END, reason: 's3cr3t-value' });
    source.note(connection, 'Reloaded http://host/#s3cr3t-value');
    const exported = join(folder, 'secret-export.wsrec');
    await exportSource(source, 'wsrec', exported);
    await source.record(null);
    const everything = [
      await readFile(path, 'utf8'),
      await readFile(exported, 'utf8'),
      JSON.stringify([source.snapshot(), source.connections, source.notes]),
    ].join();
    assert.doesNotMatch(everything, /s3cr3t-value|cookie-value|bearer-value|query-value/);
    assert.match(everything, /sid=\[redacted\].*http:\/\/localhost/);
  });

  it('describes those that are open when a recording begins, and gives whole messages as such', async () => {
    const path = join(folder, 'late.wsrec');
    source.opened(facts('ws://host/a'));
    const second = source.opened(facts('ws://host/b'));
    source.closed(1, UNKNOWN_END);
    await source.record(path, 'replace');
    say(second, 'late');
    source.closed(second, { ...UNKNOWN_END, evidence: 'the tab was closed' });
    await source.record(null);
    const lines = (await readFile(path, 'utf8'))
      .trim()
      .split('\n')
      .map(
        (line) => JSON.parse(line) as { type?: string; connection?: number; text?: string; close?: { code: unknown } },
      );
    assert.deepEqual(
      lines.map(({ type, connection, text }) => [type, connection, text]),
      [
        [undefined, undefined, undefined],
        ['connection', 2, undefined],
        ['open', 2, undefined],
        ['message', 2, 'late'],
        ['close', 2, undefined],
      ],
    );
    assert.deepEqual(lines.at(-1)?.close?.code, null);
  });

  it('stays bounded and cheap with thousands of connections, and ignores what is told after its end', async () => {
    for (let count = 0; count < 12_000; count++) {
      const connection = source.opened(facts(`ws://host/${count}`));
      say(connection, 'hello');
      if (count % 2 === 0) source.closed(connection, UNKNOWN_END);
    }
    const { observed, connections } = source.snapshot();
    assert.deepEqual([connections, observed?.open, observed?.listed.length], [12_000, 6_000, 100]);
    assert.equal(source.connections.length, 1_000);
  });

  it('ignores what is told once nobody wants to hear it', async () => {
    const heard: string[] = [];
    source = new ObservedSource({
      sessionId: 'o',
      name: 'browser',
      url: 'http://127.0.0.1:9222',
      spillDir: null,
      listener: {
        onMessage: () => void heard.push('message'),
        onFrame: () => void heard.push('frame'),
        onInflated: () => void heard.push('inflated'),
        onEvent: ({ kind }) => void heard.push(kind),
        onOpened: ({ connection }) => void heard.push(`opened ${connection}`),
      },
    });
    const path = join(folder, 'over.wsrec');
    await source.record(path);
    const connection = source.opened(facts('ws://host/a'));
    say(connection, 'heard');
    const told = ['opened 1', 'open', 'message'];
    assert.deepEqual(heard, told);
    await source.dispose();
    assert.equal(source.disposed.aborted, true);
    const recorded = await readFile(path);
    let changes = 0;
    source.onChange = () => (changes += 1);
    const { revision } = source.snapshot();
    source.refused(source.began(facts('ws://host/b')), 'late');
    source.opened(facts('ws://host/c'));
    say(connection, 'late');
    source.frame(connection, receivedFrame(Buffer.from('late')));
    source.inflated(connection, 'received', Buffer.from('late'), false);
    source.note(connection, 'late');
    source.closed(connection, UNKNOWN_END);
    assert.deepEqual(heard, told);
    assert.equal(changes, 0);
    const { observed, ...after } = source.snapshot();
    assert.deepEqual([after.revision, observed?.open], [revision, 1]);
    assert.deepEqual([source.connections.length, source.notes.length], [1, 0]);
    assert.deepEqual(await readFile(path), recorded);
  });
});
