import { setImmediate as nextTurn } from 'node:timers/promises';
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ObservedSource } from '../../../src/core/session/observedSource.js';
import { type Playground, startPlayground } from '../../../src/core/playground/index.js';
import { SessionService } from '../../../src/engine/sessions/sessionService.js';
import type { Handlers } from '../../../src/protocol/channel.js';
import type { SessionRequests } from '../../../src/protocol/acts.js';
import type { SessionEvents, SessionSnapshot } from '../../../src/protocol/session.js';
import { planFor } from '../../support/plan.js';
import { parseProfile } from '../../../src/core/profile/parse.js';
import { describeSecrets } from '../../../src/core/profile/storedSecrets.js';
import { fileText, frameLine, header, writtenLine } from '../record/samples.js';
import { TestPlans } from '../../support/plans.js';

const never = new AbortController().signal;
const text = (content: string) => ({ format: 'text', content, binary: false }) as const;

const SESSION = { heartbeat: null, reconnect: null, dialect: 'auto', autoPong: true } as const;

describe('SessionService', () => {
  const plans = new TestPlans();
  let playground: Playground;
  let service: SessionService;
  let handlers: Handlers<SessionRequests>;
  let events: EventEmitter;
  let folder: string;
  const opened: string[] = [];

  before(async () => {
    playground = await startPlayground({ port: 0 });
    folder = await mkdtemp(join(tmpdir(), 'wsprobe-sessions-'));
  });
  after(async () => {
    await playground.stop();
    await rm(folder, { recursive: true });
  });
  beforeEach(() => {
    events = new EventEmitter();
    service = new SessionService(plans, {
      session: async (snapshot) => events.emit('session', snapshot),
      view: async (view) => events.emit('view', view),
      secret: ({ name }) => Promise.reject(new Error(`no ${name}`)),
    });
    handlers = service.handlers();
  });
  afterEach(async () => {
    for (const sessionId of opened.splice(0)) await handlers.sessionDispose({ sessionId }, never);
  });

  const open = async (sessionId: string, path: string, recordTo: string | null = null, overrides = {}) => {
    opened.push(sessionId);
    const plan = plans.add(planFor(`${playground.ws}${path}`, overrides));
    const budget = { memoryBytes: 64 << 20, diskBytes: 64 << 20 };
    return handlers.sessionOpen({ sessionId, plan, vantage: { host: 'here', remote: null }, recordTo, budget }, never);
  };
  const untilSnapshot = async (fits: (snapshot: SessionSnapshot) => boolean) => {
    for (;;) {
      const [snapshot] = (await once(events, 'session')) as [SessionSnapshot];
      if (fits(snapshot)) return snapshot;
    }
  };

  it('reads the log of a job like a session, and says that nothing can be sent there', async () => {
    const source = new ObservedSource({ sessionId: 'o', name: 'browser', url: 'http://[::1]:9222', spillDir: null });
    opened.push('o');
    service.adopt(source);
    const connection = source.opened({
      url: 'ws://host/a',
      peer: null,
      subprotocol: null,
      request: null,
      response: null,
    });
    const bytes = Buffer.from('{"id":1}');
    source.message(connection, { direction: 'sent', binary: false, bytes, payloadBytes: bytes.length, atMs: 1 });
    await untilSnapshot(
      ({ sessionId, observed, sent }) => sessionId === 'o' && observed?.open === 1 && sent.messages === 1,
    );
    const { viewId } = await handlers.viewOpen({ sessionId: 'o', mode: 'messages', filter: 'conn:1' }, never);
    const { rows } = await handlers.viewRows({ viewId, from: 0, count: 10, paths: [] }, never);
    assert.deepEqual(
      rows.map(({ preview }) => preview),
      ['Open: ws://host/a', '{"id":1}'],
    );
    const path = join(folder, 'observed.jsonl');
    assert.deepEqual(await handlers.sessionExport({ sessionId: 'o', format: 'jsonl', path }, never), { frames: 1 });
    await assert.rejects(async () => handlers.sessionSend({ sessionId: 'o', message: text('x') }, never), {
      code: 'session.observed',
    });
    await handlers.sessionClear({ sessionId: 'o' }, never);
    assert.equal(source.log.status().messages, 0);
    await handlers.sessionDispose({ sessionId: 'o' }, never);
    assert.ok(source.disposed.aborted, 'who tells it hears that nobody listens any more');
  });

  it('tells of a live session the first message that departs from a contract, until it is let go', async () => {
    await open('a', '/echo');
    const path = join(folder, 'echo.contract.json');
    const say = (content: string) => handlers.sessionSend({ sessionId: 'a', message: text(content) }, never);
    await say('{"type":"order","id":1}');
    await untilSnapshot(({ received }) => received.messages === 1);
    const learned = await handlers.sessionLearnContract({ sessionId: 'a', path }, never);
    assert.deepEqual([learned.messages, learned.types], [2, 2]);
    const held = await handlers.sessionHoldContract({ sessionId: 'a', path }, never);
    assert.deepEqual([held.messages, held.departing, held.departures], [2, 0, []]);
    await say('{"type":"order","id":"x"}');
    const { contract, revision } = await untilSnapshot((snapshot) => snapshot.contract?.departing === 2);
    assert.deepEqual([contract?.name, contract?.first?.path], ['echo.contract.json', '$.id']);
    const { viewId } = await handlers.viewOpen({ sessionId: 'a', mode: 'messages', filter: 'is:marked' }, never);
    const { rows } = await handlers.viewRows({ viewId, from: 0, count: 10, paths: [] }, never);
    assert.deepEqual(
      rows.map(({ preview }) => preview),
      ['{"type":"order","id":"x"}'],
    );
    await handlers.sessionReleaseContract({ sessionId: 'a' }, never);
    const after = await handlers.sessionSnapshot({ sessionId: 'a' }, never);
    assert.equal(after.contract, undefined);
    assert.ok(after.revision > revision);
  });

  it('lets sessions that ask for it share one HTTP/2 connection, and no others', async () => {
    const url = `${playground.http2.h2c}/echo`;
    const overHttp2 = (shareConnection: boolean) => ({ url, http: '2', session: { ...SESSION, shareConnection } });
    const first = await open('a', '', null, overHttp2(true));
    const second = await open('b', '', null, overHttp2(true));
    const apart = await open('c', '', null, overHttp2(false));
    assert.deepEqual(
      [first, second, apart].map(({ http2 }) => [http2?.shared, http2?.streamId]),
      [
        [false, 1],
        [true, 3],
        [false, 1],
      ],
    );
    await handlers.sessionSend({ sessionId: 'b', message: text('over the second stream') }, never);
    await untilSnapshot(({ sessionId, received }) => sessionId === 'b' && received.messages === 1);
    await handlers.sessionDispose({ sessionId: 'a' }, never);
    await handlers.sessionSend({ sessionId: 'b', message: text('alone') }, never);
    await untilSnapshot(({ sessionId, received }) => sessionId === 'b' && received.messages === 2);
  });

  it('gives chosen messages as the steps of the profile that connected, its secrets by name', async () => {
    opened.push('kept');
    const secrets = { token: 'planted-canary', quoted: 'can"ary' };
    const bearer = { auth: { type: 'bearer', token: secrets.token }, headers: [['X-Tenant', '7']] } as const;
    const kept = planFor(`${playground.ws}/echo`, { ...bearer, name: 'Orders', secrets: Object.values(secrets) });
    const plan = plans.add(kept, secrets);
    const budget = { memoryBytes: 64 << 20, diskBytes: 64 << 20 };
    const vantage = { host: 'here', remote: null };
    await handlers.sessionOpen({ sessionId: 'kept', plan, vantage, recordTo: null, budget }, never);
    const said = ['{"op":"hi","token":"planted-canary"}', JSON.stringify({ q: secrets.quoted }), 'left out', 'bye'];
    for (const content of said) await handlers.sessionSend({ sessionId: 'kept', message: text(content) }, never);
    await handlers.sessionSend({ sessionId: 'kept', message: { format: 'hex', content: '00ff', binary: true } }, never);
    await untilSnapshot(({ sessionId, received }) => sessionId === 'kept' && received.messages === 5);
    const stored = describeSecrets(secrets);
    const save = (filter: string, between: readonly [number, number] | null = null) =>
      handlers.sessionConversation({ sessionId: 'kept', filter, between, stored }, never);
    const { names, notes, secrets: fresh, text: written } = await save('dir:out not /left out/');
    assert.doesNotMatch(written, /canary|ary"/);
    const { file, problems } = parseProfile(written);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      [file?.name, file?.url, file?.auth, file?.headers],
      ['Orders', kept.url, { type: 'bearer', token: '${secret:token}' }, { 'X-Tenant': '7' }],
    );
    assert.deepEqual(
      file?.steps?.map((step) => ('send' in step ? step.send : step)),
      [
        { text: '{"op":"hi","token":"${secret:token}"}' },
        { text: '{"q":"${secret:q}"}' },
        { text: 'bye' },
        { base64: 'AP8=' },
      ],
    );
    assert.deepEqual([names, fresh, notes.length], [[], {}, 1]);
    assert.match(notes[0] ?? '', /left out of 1 messages/);

    const { viewId } = await handlers.viewOpen({ sessionId: 'kept', mode: 'messages', filter: 'dir:out' }, never);
    const { rows } = await handlers.viewRows({ viewId, from: 0, count: 10, paths: [] }, never);
    const ids = rows.filter(({ kind }) => kind === 'text').map(({ id }) => id);
    const part = await save('dir:out', [ids[3]!, ids[2]!]);
    assert.deepEqual(parseProfile(part.text).file?.steps, [{ send: { text: 'left out' } }, { send: { text: 'bye' } }]);
    await assert.rejects(async () => save('dir:nowhere'), { code: 'filter-invalid' });
    await assert.rejects(async () => save('/never said/'), { code: 'conversation-empty' });
  });

  it('gives messages of a recording as steps, what was hidden as a secret to be set', async () => {
    const path = join(folder, 'said.wsrec');
    const headers = [
      ['Authorization', 'Bearer [redacted]'],
      ['Cookie', 'sid=[redacted]'],
    ];
    const url = 'ws://127.0.0.1/?token=[redacted]';
    const head = { ...header, url, request: { target: '/', headers } };
    const sent = '{"op":"login","password":"***","a":1}';
    const lines = [
      head,
      { type: 'open', connection: 1, atMs: 0 },
      frameLine({ index: 0, direction: 'sent', text: sent, payloadBytes: sent.length, masked: true }),
      frameLine({ index: 1, direction: 'received', text: 'welcome ***', payloadBytes: 11 }),
    ];
    await writeFile(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    opened.push('said');
    await handlers.recordingOpen({ sessionId: 'said', path }, never);
    const stored = describeSecrets({});
    const made = await handlers.sessionConversation({ sessionId: 'said', filter: '', between: null, stored }, never);
    const { file, problems } = parseProfile(made.text);
    assert.deepEqual(problems, []);
    assert.deepEqual(made.secrets, {});
    assert.equal(file?.url, 'ws://127.0.0.1/?token=${secret:url}');
    assert.deepEqual(file?.auth, { type: 'bearer', token: '${secret:authorization}' });
    assert.deepEqual(file?.cookies, { sid: '${secret:cookie}' });
    assert.deepEqual(file?.steps, [
      { send: { text: '{"op":"login","password":"${secret:password}","a":1}' } },
      { expect: { contains: 'welcome ' } },
    ]);
  });

  it('opens, sends, shows rows and payloads, announces, and closes', async () => {
    const report = await open('a', '/echo');
    assert.equal(report.verdict, 'healthy');
    const view = await handlers.viewOpen({ sessionId: 'a', mode: 'messages', filter: 'kind:text' }, never);
    assert.deepEqual(view.problems, []);
    await handlers.sessionSend({ sessionId: 'a', message: text('hello "world"') }, never);
    const [grown] = (await once(events, 'view')) as [SessionEvents['view']];
    assert.equal(grown.viewId, view.viewId);
    // A row is there before its inflated text is.
    const read = () => handlers.viewRows({ viewId: view.viewId, from: 0, count: 10, paths: [] }, never);
    let { rows } = await read();
    while (rows.length < 2 || rows.some(({ preview }) => !preview.includes('world'))) {
      await Promise.race([once(events, 'view'), once(events, 'session')]);
      ({ rows } = await read());
    }
    assert.deepEqual(
      rows.map(({ direction, preview }) => [direction, preview]),
      [
        ['sent', 'hello "world"'],
        ['received', 'hello "world"'],
      ],
    );
    const id = rows[1]?.id ?? -1;
    const payload = await handlers.viewPayload({ sessionId: 'a', id, mode: 'messages', offset: 6, length: 5 }, never);
    assert.deepEqual([Buffer.from(payload.bytes).toString(), payload.totalBytes], ['"worl', 13]);
    await handlers.sessionClose({ sessionId: 'a', code: 1000, reason: '' }, never);
    const closed = await untilSnapshot(({ state }) => state === 'closed');
    assert.equal(closed.close?.clean, true);
    assert.equal((await handlers.sessionReport({ sessionId: 'a' }, never))?.close?.code, 1000);
  });

  it('sends a message again as it was: that of a row, or the last one', async () => {
    await open('again', '/echo');
    const resend = async (id?: number) => handlers.sessionResend({ sessionId: 'again', id }, never);
    await assert.rejects(() => resend(), { code: 'resend.none' });
    await handlers.sessionSend({ sessionId: 'again', message: text('$${seq} é') }, never);
    await handlers.sessionSend(
      { sessionId: 'again', message: { ...text('00ff'), format: 'hex', binary: true } },
      never,
    );
    const { viewId } = await handlers.viewOpen({ sessionId: 'again', mode: 'messages', filter: 'dir:out' }, never);
    const sent = async (count: number) => {
      for (;;) {
        const { rows } = await handlers.viewRows({ viewId, from: 0, count: 10, paths: [] }, never);
        if (rows.length >= count && rows.every(({ rsv1, inflatedBytes }) => !rsv1 || inflatedBytes !== null))
          return rows;
        await Promise.race([once(events, 'view'), once(events, 'session')]);
      }
    };
    const [first] = await sent(2);
    assert.deepEqual(await resend(), { bytes: 2 });
    assert.deepEqual(await resend(first?.id), { bytes: 9 });
    const rows = await sent(4);
    assert.deepEqual(
      rows.map(({ kind, preview }) => [kind, preview]),
      [
        ['text', '${seq} é'],
        ['binary', '00 ff'],
        ['binary', '00 ff'],
        ['text', '${seq} é'],
      ],
    );
    await assert.rejects(() => resend(1_000), { code: 'resend.none' });
    const line = (id: number, mode: 'messages' | 'wire' = 'messages') =>
      handlers.viewLine({ sessionId: 'again', id, mode }, never);
    const facts = JSON.parse((await line(first?.id ?? -1)) ?? '');
    assert.deepEqual([facts.direction, facts.type, facts.text, facts.bytes], ['sent', 'text', '${seq} é', 9]);
    assert.equal(JSON.parse((await line(rows[1]?.id ?? -1)) ?? '').base64, 'AP8=');
    assert.equal(await line(1_000), null);
  });

  it('recognises a dialect, labels rows and pairs operations', async () => {
    await open('b', '/graphql', null, { subprotocols: ['graphql-transport-ws'] });
    const send = (json: object) =>
      handlers.sessionSend(
        { sessionId: 'b', message: { format: 'json', content: JSON.stringify(json), binary: false } },
        never,
      );
    await send({ type: 'connection_init' });
    await untilSnapshot(({ received }) => received.messages === 1);
    await send({ type: 'ping' });
    const snapshot = await untilSnapshot(({ received }) => received.messages === 2);
    assert.equal(snapshot.dialect, 'graphql-transport-ws');
    const { viewId } = await handlers.viewOpen({ sessionId: 'b', mode: 'messages', filter: 'kind:text' }, never);
    while ((await handlers.viewRows({ viewId, from: 0, count: 9, paths: [] }, never)).total < 4)
      await once(events, 'view');
    const { rows } = await handlers.viewRows({ viewId, from: 0, count: 9, paths: [] }, never);
    assert.ok(
      rows.some(({ label }) => label?.includes('connection_ack')),
      JSON.stringify(rows.map(({ label }) => label)),
    );
    const { operations } = await handlers.sessionOperations({ sessionId: 'b' }, never);
    assert.ok(operations.length > 0);
    const [init, ack] = rows.map(({ id }) => id);
    const pair = (id: number | undefined) => handlers.viewPair({ sessionId: 'b', id: id ?? -1 }, never);
    assert.deepEqual([await pair(init), await pair(ack), await pair(1_000)], [ack, init, null]);
    const asked = { sessionId: 'b', from: 0, count: 10, operation: '', viewId: undefined };
    const { total, exchanges } = await handlers.sessionExchanges(asked, never);
    assert.deepEqual(
      [total, exchanges[0]?.id, exchanges[0]?.replies, exchanges[0]?.state],
      [2, init, [ack], 'answered'],
    );
    assert.match(exchanges[0]?.row?.preview ?? '', /connection_init/);
    assert.equal((await handlers.sessionExchanges({ ...asked, operation: 'nothing like it' }, never)).total, 0);
    const ofReply = { ...asked, operation: '"connection_ack"' };
    const acks = await handlers.viewOpen({ sessionId: 'b', mode: 'messages', filter: ofReply.operation }, never);
    while ((await handlers.viewRows({ viewId: acks.viewId, from: 0, count: 9, paths: [] }, never)).total < 1)
      await once(events, 'view');
    const byReply = await handlers.sessionExchanges({ ...ofReply, viewId: acks.viewId }, never);
    assert.deepEqual([byReply.total, byReply.exchanges[0]?.id], [1, init], 'a reply of it is shown');
    await handlers.viewClose({ viewId: acks.viewId }, never);
    assert.equal((await handlers.sessionExchanges({ ...ofReply, viewId: acks.viewId }, never)).total, 0);
    assert.deepEqual(await handlers.jsonPaths({ sessionId: 'b' }, never), [{ path: '$.type', example: 'pong' }]);
    const offered = await handlers.filterComplete({ sessionId: 'b', text: 'dir:in $.t', cursor: 10 }, never);
    assert.deepEqual(offered, { from: 7, items: [{ text: '$.type', detail: 'pong' }] });
    const found = await handlers.sessionRows({ sessionId: 'b', ids: [ack ?? -1, 1_000] }, never);
    assert.deepEqual([found[0]?.id, found[1]], [ack, null]);
    const decoded = await handlers.viewDecoded({ sessionId: 'b', id: rows[0]?.id ?? 0, mode: 'messages' }, never);
    assert.match(decoded?.json ?? '', /connection_init/);
  });

  it('reads messages by the decoders of the profile, and offers a reading where there are none', async () => {
    const secret = 'hunter2-hunter2';
    const message = {
      format: 'msgpack',
      content: JSON.stringify({ id: 7, token: secret }),
      binary: true,
      compress: 'gzip',
    } as const;
    const readings = [];
    for (const [sessionId, decode] of [
      ['named', ['gzip', 'msgpack']],
      ['guessed', undefined],
    ] as const) {
      await open(sessionId, '/echo', null, { secrets: [secret], ...(decode ? { decode } : {}) });
      await handlers.sessionSend({ sessionId, message }, never);
      await untilSnapshot(({ received }) => received.messages === 1);
      const { viewId } = await handlers.viewOpen({ sessionId, mode: 'messages', filter: 'kind:binary' }, never);
      while ((await handlers.viewRows({ viewId, from: 0, count: 9, paths: [] }, never)).total < 2)
        await once(events, 'view');
      const { rows } = await handlers.viewRows({ viewId, from: 0, count: 9, paths: [] }, never);
      const read = () => handlers.viewDecoded({ sessionId, id: rows[1]?.id ?? -1, mode: 'messages' }, never);
      let decoded = await read();
      // Its content comes once permessage-deflate is undone.
      for (; decoded === null; decoded = await read()) await nextTurn();
      const byPath = await handlers.viewOpen({ sessionId, mode: 'messages', filter: '$.id == 7' }, never);
      const found = async () =>
        (await handlers.viewRows({ viewId: byPath.viewId, from: 0, count: 9, paths: [] }, never)).total;
      if (decode) while ((await found()) < 2) await once(events, 'view');
      // By now they have their labels.
      const { rows: labelled } = await handlers.viewRows({ viewId, from: 0, count: 9, paths: [] }, never);
      readings.push([labelled[1]?.label, decoded?.title, JSON.parse(decoded?.json ?? 'null')]);
      assert.ok(!JSON.stringify([rows, labelled, decoded]).includes('hunter2'));
    }
    const label = 'gzip msgpack {"id":7,"token":"[redacted]"}';
    assert.deepEqual(readings, [
      [label, 'decoded', { label, value: { id: 7, token: '[redacted]' } }],
      [null, 'looks like gzip, MessagePack', { id: 7, token: '[redacted]' }],
    ]);
  });

  it('tells of a schema that cannot be read before it connects', async () => {
    const decode = [{ protobuf: { schema: 'nowhere.proto', type: 'A' } }];
    await assert.rejects(open('schema', '/echo', null, { decode, baseDir: folder }), { code: 'protobuf-schema' });
    opened.pop();
  });

  it('records compressed messages with their content, and opens the recording again', async () => {
    const path = join(folder, 'one.wsrec');
    await open('c', '/echo', path, { secrets: ['hunter2'] });
    await handlers.sessionSend(
      { sessionId: 'c', message: text('the password is hunter2, over and over and over') },
      never,
    );
    await untilSnapshot(({ received }) => received.messages === 1);
    await handlers.sessionRecord({ sessionId: 'c', path: null }, never);
    const file = await readFile(path, 'utf8');
    assert.match(file, /"inflated":\{"text":"the password is/);
    assert.ok(!file.includes('hunter2'));
    opened.push('r');
    const snapshot = await handlers.recordingOpen({ sessionId: 'r', path }, never);
    assert.deepEqual([snapshot.state, snapshot.log.frames, snapshot.sent.messages], ['closed', 2, 1]);
    await assert.rejects(async () => handlers.sessionSend({ sessionId: 'r', message: text('x') }, never), {
      code: 'session.recording',
    });
  });

  it('announces a recording while it is read, and exports the whole of it', async () => {
    const path = join(folder, 'large.wsrec');
    const line = writtenLine(frameLine({ text: 'x'.repeat(1000) }));
    await writeFile(path, fileText() + `${line}\n`.repeat(6_000));
    opened.push('large');
    const first = await handlers.recordingOpen({ sessionId: 'large', path }, never);
    assert.ok(first.log.frames > 0 && first.log.frames < 6_000);
    assert.ok(first.log.loadedPercent! < 100);
    const whole = untilSnapshot(({ log }) => log.loadedPercent === undefined);
    const to = join(folder, 'large.jsonl');
    const { frames } = await handlers.sessionExport({ sessionId: 'large', format: 'jsonl', path: to }, never);
    assert.equal(frames, 6_000);
    assert.ok((await whole).revision > first.revision);
  });

  it('records when a connection opened and how the peer ended it', async () => {
    const path = join(folder, 'closed.wsrec');
    await open('g', '/close/4401?after=20&reason=who', path);
    await untilSnapshot(({ state }) => state === 'closed');
    await handlers.sessionRecord({ sessionId: 'g', path: null }, never);
    const lines = (await readFile(path, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual(
      lines
        .slice(1)
        .map(({ type }) => type)
        .filter((type) => type !== 'frame'),
      ['connection', 'open', 'close'],
    );
    assert.deepEqual(
      lines.flatMap(({ type, close }) => (type === 'close' ? [(close as { code: number }).code] : [])),
      [4401],
    );
  });

  it('shows no secret, in a row, a label, a piece of a payload or what a dialect makes of it', async () => {
    const secret = 'hunter2-and-a-longer-tail';
    await open('h', '/graphql', null, { subprotocols: ['graphql-transport-ws'], secrets: [secret] });
    const send = (content: string) =>
      handlers.sessionSend({ sessionId: 'h', message: { format: 'text', content, binary: false } }, never);
    await send(JSON.stringify({ type: 'connection_init', payload: { token: secret } }));
    await untilSnapshot(({ dialect }) => dialect !== null);
    await send(JSON.stringify({ type: 'ping', payload: { pad: 'x'.repeat(193), token: secret } }));
    const { viewId } = await handlers.viewOpen(
      { sessionId: 'h', mode: 'messages', filter: 'dir:sent kind:text' },
      never,
    );
    while ((await handlers.viewRows({ viewId, from: 0, count: 9, paths: [] }, never)).total < 2)
      await once(events, 'view');
    const { rows } = await handlers.viewRows({ viewId, from: 0, count: 9, paths: [] }, never);
    assert.ok(!JSON.stringify(rows).includes('hunter2'), JSON.stringify(rows));
    const id = rows[0]?.id ?? -1;
    for (let offset = 0; offset < 80; offset++) {
      const { bytes } = await handlers.viewPayload({ sessionId: 'h', id, mode: 'messages', offset, length: 12 }, never);
      assert.ok(!/hunt|nter2|tail/.test(Buffer.from(bytes).toString()), Buffer.from(bytes).toString());
    }
    const decoded = await handlers.viewDecoded({ sessionId: 'h', id, mode: 'messages' }, never);
    assert.match(decoded?.json ?? '', /connection_init/);
    assert.ok(!decoded?.json.includes('hunter2'));
  });

  it('exports what the log holds, without secrets, and imports it again', async () => {
    await open('d', '/echo', null, { secrets: ['hunter2'] });
    await handlers.sessionSend({ sessionId: 'd', message: text('hunter2 and more') }, never);
    await untilSnapshot(({ received }) => received.messages === 1);
    const har = join(folder, 'd.har');
    for (const format of ['har', 'jsonl', 'wsrec'] as const) {
      const path = join(folder, `d.${format}`);
      await handlers.sessionExport({ sessionId: 'd', format, path }, never);
      const exported = await readFile(path, 'utf8');
      assert.match(exported, /and more/);
      assert.ok(!exported.includes('hunter2'), format);
    }
    const to = join(folder, 'again.wsrec');
    const { frames, notes } = await handlers.recordingImport({ from: har, to }, never);
    assert.equal(frames, 2);
    assert.deepEqual(notes, []);
    const again = await handlers.recordingImport({ from: join(folder, 'd.jsonl'), to }, never);
    assert.ok(again.frames >= 2);
  });

  it('says what a filter gets wrong, and completes it', async () => {
    await open('e', '/silence');
    const { problems } = await handlers.viewOpen({ sessionId: 'e', mode: 'wire', filter: 'size>banana' }, never);
    assert.equal(problems.length, 1);
    const { from, items } = await handlers.filterComplete({ sessionId: 'e', text: 'size>1 ki', cursor: 9 }, never);
    assert.equal(from, 7);
    assert.ok(items.some((item) => item.text.startsWith('kind:')));
  });

  it('forgets a session whose recording cannot be begun', async () => {
    await assert.rejects(open('i', '/silence', join(folder, 'no-such-folder', 'x.wsrec')), { code: /^recording-/ });
    await assert.rejects(async () => handlers.sessionSnapshot({ sessionId: 'i' }, never), { code: 'session.unknown' });
  });

  it('knows no session that was disposed of, and no id twice', async () => {
    await open('f', '/silence');
    await assert.rejects(open('f', '/silence'), { code: 'session.exists' });
    await handlers.sessionDispose({ sessionId: 'f' }, never);
    await assert.rejects(async () => handlers.sessionSnapshot({ sessionId: 'f' }, never), { code: 'session.unknown' });
  });
});
