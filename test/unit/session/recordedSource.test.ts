import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecordingLine } from '../../../src/core/record/recording.js';
import { exportSource } from '../../../src/core/session/exportSource.js';
import { briefRows } from '../../../src/core/tools/briefRows.js';
import { decodedRow } from '../../../src/core/session/decodedRow.js';
import { readRows } from '../../../src/core/session/readRows.js';
import { RecordedSource } from '../../../src/core/session/recordedSource.js';

const HEADER = {
  schema: 'wsprobe.recording/1',
  name: 'orders',
  url: 'ws://127.0.0.1/mqtt',
  startedAt: '2026-01-01T00:00:00.000Z',
  subprotocol: 'mqtt',
  dialect: null,
  request: null,
  response: null,
};

const frame = (index: number, connection: number, base64: string): RecordingLine => ({
  type: 'frame',
  connection,
  index,
  atMs: index,
  direction: 'received',
  opcode: 2,
  fin: true,
  rsv1: false,
  rsv2: false,
  rsv3: false,
  masked: false,
  wireBytes: 9,
  payloadBytes: 7,
  base64,
  truncated: false,
});

const PUBLISH = Buffer.from('3005000161616161'.slice(0, 14), 'hex').toString('base64');

describe('RecordedSource', () => {
  let folder: string;
  let source: RecordedSource | null = null;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wsprobe-recorded-'));
  });
  afterEach(() => source?.dispose());
  after(() => rm(folder, { recursive: true }));

  const open = async (lines: readonly object[]) => {
    const path = join(folder, 'a.wsrec');
    await writeFile(path, [HEADER, ...lines].map((line) => `${JSON.stringify(line)}\n`).join(''));
    source = await RecordedSource.open('r', path);
    return source;
  };

  it('tells of lines that could not be read and of a cut end, both', async () => {
    const path = join(folder, 'both.wsrec');
    const lines = [HEADER, frame(0, 1, PUBLISH)].map((line) => `${JSON.stringify(line)}\n`).join('');
    await writeFile(path, `${lines}no line\n{"type":"fra`);
    source = await RecordedSource.open('r', path);
    const { recording } = source.snapshot();
    assert.equal(recording?.error, '1 line could not be read. The last line was cut off and left out');
  });

  it('labels every message of a recording, however many there are', async () => {
    const { log } = await open(Array.from({ length: 3_001 }, (_, index) => frame(index, 1, PUBLISH)));
    const view = log.openView({ mode: 'messages', filter: '' });
    let unlabelled = 0;
    for (let from = 0; from < view.total; from += 1_000)
      for (const { label } of await view.rows(from, 1_000)) if (label === null) unlabelled++;
    assert.deepEqual([view.total, unlabelled], [3_001, 0]);
  });

  it('shows a compressed message whose content it does not hold as that, and makes no text of its bytes', async () => {
    // Deflated bytes that happen to read as text, as MQTT and as JSON would.
    const deflated = Buffer.from('{"a":1}');
    const compressed = {
      ...frame(0, 1, deflated.toString('base64')),
      opcode: 1,
      rsv1: true,
      payloadBytes: deflated.length,
    };
    const whole = { ...compressed, index: 1, inflated: { bytes: 5, text: 'hello', truncated: false } };
    const { log } = await open([compressed, whole]);
    const view = log.openView({ mode: 'messages', filter: '' });
    const [bare, read] = await view.rows(0, 2);
    assert.deepEqual([bare?.deflated, bare?.label, bare?.inflatedBytes], [true, null, null]);
    assert.deepEqual([read?.deflated, read?.preview], [undefined, 'hello']);
    assert.ok(source);
    assert.equal(await decodedRow(source, bare?.id ?? -1, 'messages'), null);
    const wire = await log.openView({ mode: 'wire', filter: '' }).rows(0, 1);
    assert.equal(wire[0]?.deflated, undefined, 'as it stood on the wire it is whole');
    const asked = { after: -1, filter: '', limit: 10 };
    const told = briefRows(await readRows(source, asked), 'closed');
    assert.match(told, /received text 7 B: still compressed, hex 7b2261223a317d/);
    assert.match(told, /received text 5 B \[text frame\]: hello/);
  });

  it('tells of its connections, and of the end of each', async () => {
    const close = { code: 1000, reason: 'bye', initiator: 'server', clean: true, evidence: '' };
    const { connections } = await open([
      { type: 'open', connection: 1, atMs: 1 },
      frame(2, 1, PUBLISH),
      { type: 'close', connection: 1, atMs: 3, close },
      { type: 'open', connection: 2, atMs: 4 },
    ]);
    assert.deepEqual(
      connections.map(({ connection, atMs, close }) => [connection, atMs, close?.reason]),
      [
        [1, 1, 'bye'],
        [2, 4, undefined],
      ],
    );
  });

  it('takes messages without wire facts, notes, and connections of their own, and exports them again', async () => {
    const facts = { peer: '192.0.2.1:443', subprotocol: 'chat', dialect: null, request: null, response: null };
    const close = { code: null, reason: '', initiator: 'network', clean: false, evidence: 'the page was closed' };
    const lines = [
      { type: 'open', connection: 1, atMs: 1 },
      {
        type: 'message',
        connection: 1,
        index: 0,
        atMs: 2,
        direction: 'sent',
        kind: 'text',
        payloadBytes: 2,
        text: 'hi',
        truncated: false,
      },
      { type: 'note', connection: 1, atMs: 3, text: 'page reloaded' },
      { type: 'connection', connection: 2, atMs: 4, url: 'wss://b.example/', ...facts },
      {
        type: 'message',
        connection: 2,
        index: 1,
        atMs: 5,
        direction: 'received',
        kind: 'binary',
        payloadBytes: 9,
        base64: 'AAE=',
        truncated: true,
      },
      { type: 'close', connection: 2, atMs: 6, close },
    ];
    const opened = await open(lines);
    assert.deepEqual(
      opened.connections.map(({ connection, url, peer, close }) => [connection, url, peer, close?.code]),
      [
        [1, HEADER.url, null, undefined],
        [2, 'wss://b.example/', '192.0.2.1:443', null],
      ],
    );
    assert.deepEqual(opened.notes, [{ connection: 1, atMs: 3, text: 'page reloaded' }]);
    const view = opened.log.openView({ mode: 'messages', filter: '' });
    assert.deepEqual(
      (await view.rows(0, 10)).map(({ kind, wire, preview, payloadBytes }) => [kind, wire, preview, payloadBytes]),
      [
        ['event', undefined, 'Open', 4],
        ['text', 'unknown', 'hi', 2],
        ['event', undefined, 'page reloaded', 13],
        ['binary', 'unknown', '00 01', 9],
        ['event', undefined, 'Closed without a known code: the page was closed', 48],
      ],
    );
    const { sent, received } = opened.snapshot();
    assert.deepEqual([sent.messages, sent.frames, received.payloadBytes, received.wireBytes], [1, 0, 9, 0]);
    const to = join(folder, 'again.wsrec');
    await exportSource(opened, 'wsrec', to);
    const again = (await readFile(to, 'utf8')).trimEnd().split('\n').slice(1);
    const plain = (each: object) => ({ ...each, index: 0 });
    const got = again.map((line) => plain(JSON.parse(line) as object));
    const expected: object[] = [...lines];
    expected.splice(4, 0, { type: 'open', connection: 2, atMs: 4 });
    assert.deepEqual(got, expected.map(plain));
    await exportSource(opened, 'har', to);
    const har = JSON.parse(await readFile(to, 'utf8')) as {
      log: { entries: { request: { url: string }; _webSocketMessages: { data: string }[] }[] };
    };
    assert.deepEqual(
      har.log.entries.map(({ request, _webSocketMessages }) => [
        request.url,
        _webSocketMessages.map(({ data }) => data),
      ]),
      [
        [HEADER.url, ['hi']],
        ['wss://b.example/', ['AAE=']],
      ],
    );
  });
});
