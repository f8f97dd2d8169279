import assert from 'node:assert/strict';
import { FrameLog } from '../../../src/core/frames/log/frameLog.js';
import type { ReadableDialect } from '../../../src/core/dialects/dialect.js';
import { jsonRpc } from '../../../src/core/dialects/jsonRpc/index.js';
import { mqtt } from '../../../src/core/dialects/mqtt/index.js';
import { stomp } from '../../../src/core/dialects/stomp/index.js';
import { DialectWatch } from '../../../src/core/session/dialectWatch.js';
import { receivedFrame } from '../../support/frames.js';

const frameOf = (
  payload: Uint8Array,
  at: number,
  changes: { direction?: 'sent' | 'received'; binary?: boolean } = {},
) =>
  receivedFrame(payload, {
    direction: changes.direction ?? 'received',
    opcode: changes.binary === false ? 1 : 2,
    atMs: at,
  });

/** PUBLISH of MQTT 3.1.1, QoS 0. */
function publish(topic: string, body: string): Buffer {
  const rest = Buffer.concat([Buffer.from([0, topic.length]), Buffer.from(topic), Buffer.from(body)]);
  return Buffer.concat([Buffer.from([0x30, rest.length]), rest]);
}

describe('DialectWatch', () => {
  let log: FrameLog;
  let watch: DialectWatch;
  let labels: [number, string | null][];

  const start = (options: { payloadBudgetBytes?: number; columnBudgetBytes?: number } = {}) => {
    labels = [];
    log = new FrameLog({ spillDir: null, labelOf: (message) => watch.label(message), ...options });
    watch = new DialectWatch({
      log: () => log,
      onRecognised: () => {},
      onLabel: (id, label) => labels.push([id, label]),
      perSecond: Number.POSITIVE_INFINITY,
    });
    watch.began(1);
  };
  const speak = (dialect: ReadableDialect, connection = 1) => {
    watch.opened(connection);
    watch.speaks(connection, dialect);
  };
  const add = (payload: Uint8Array | string, changes: { direction?: 'sent' | 'received' } = {}, connection = 1) => {
    const isText = typeof payload === 'string';
    log.append(frameOf(Buffer.from(payload), log.nextId, { ...changes, binary: !isText }), connection);
    watch.grew();
  };
  const rowLabels = async (from: number, count: number) => {
    const view = log.openView({ mode: 'messages', filter: '' });
    const rows = await view.rows(from, count);
    view.close();
    return rows.map(({ label }) => label);
  };
  const decoded = async (id: number) => {
    const [payload] = [await log.payload(id, 'messages', 0, 1 << 20)];
    const { bytes, totalBytes, binary } = payload;
    const { decoded, isComplete } = await watch.decode({
      id,
      connection: 1,
      direction: 'received',
      binary,
      bytes,
      totalBytes,
      atMs: 0,
    });
    return [decoded.map(({ label }) => label).join(' · '), isComplete];
  };
  afterEach(async () => {
    watch.dispose();
    await log.dispose();
  });

  it('labels every message that came while the decoder was loaded', async () => {
    start();
    speak(mqtt);
    for (let index = 0; index < 1_000; index++) add(publish(`t/${index}`, 'x'));
    assert.deepEqual(await rowLabels(0, 2), ['PUBLISH t/0 QoS0', 'PUBLISH t/1 QoS0']);
    await watch.caughtUp();
    const all = await rowLabels(0, 1_000);
    assert.equal(all.filter((label) => label === null).length, 0);
    assert.deepEqual([labels.length, labels[999]?.[1], watch.missed], [1_000, all[999], 0]);
  });

  it('reads a message by what came before it on the wire, whatever was looked at before', async () => {
    start();
    speak(mqtt);
    const bytes = Buffer.concat([publish('alpha', 'one'), publish('beta', 'two'), publish('gamma', 'three')]);
    for (const [from, to] of [
      [0, 5],
      [5, 20],
      [20, 21],
      [21, bytes.length],
    ] as const)
      add(bytes.subarray(from, to));
    await watch.caughtUp();
    const inOrder = [await decoded(0), await decoded(1), await decoded(2), await decoded(3)];
    for (const id of [3, 0, 2, 2, 1, 3, 0]) assert.deepEqual(await decoded(id), inOrder[id]);
    assert.deepEqual(
      inOrder.map(([label]) => label),
      labels.map(([, label]) => label),
    );
    assert.match(String(inOrder[3]?.[0]), /PUBLISH gamma/);
  });

  it('says when messages before one are gone', async () => {
    start({ columnBudgetBytes: 1 });
    const half = 'SEND\ndestination:/queue/a\n\nhel';
    add(half);
    for (let index = 0; index < 10_000; index++) add('x');
    speak(stomp);
    await watch.caughtUp();
    assert.ok(log.firstId > 0);
    assert.equal((await decoded(log.nextId - 1))[1], false);
    assert.ok(watch.missed >= log.firstId);
  });

  it('misses nothing where no dialect is spoken', async () => {
    start({ columnBudgetBytes: 1 });
    for (let index = 0; index < 10_000; index++) add('x');
    await watch.caughtUp();
    assert.ok(log.firstId > 0);
    assert.equal(watch.missed, 0);
  });

  it('goes back to the first message once it is told what is spoken', async () => {
    start();
    watch.opened(1);
    add('hello');
    add('{"jsonrpc":"2.0","id":1,"method":"sum"}', { direction: 'sent' });
    add('{"jsonrpc":"2.0","id":1,"result":3}');
    await watch.caughtUp();
    assert.equal(watch.operations().length, 0);
    speak(jsonRpc);
    await watch.caughtUp();
    assert.equal(watch.name, 'json-rpc');
    assert.deepEqual(
      watch.operations().map(({ operation, count, unanswered }) => [operation, count, unanswered]),
      [['sum', 1, 0]],
    );
    assert.deepEqual(
      labels.map(([id]) => id),
      [0, 1, 2],
    );
  });

  it('keeps the states and pairs of two connections apart', async () => {
    start();
    speak(jsonRpc);
    watch.began(2);
    speak(jsonRpc, 2);
    add('{"jsonrpc":"2.0","id":1,"method":"a"}', { direction: 'sent' }, 1);
    add('{"jsonrpc":"2.0","id":1,"result":3}', {}, 2);
    await watch.caughtUp();
    assert.deepEqual(
      watch.operations().map(({ operation, unanswered }) => [operation, unanswered]),
      [['a', 1]],
    );
    add('{"jsonrpc":"2.0","id":1,"result":3}', {}, 1);
    await watch.caughtUp();
    assert.equal(watch.operations()[0]?.unanswered, 0);
  });

  it('goes on after the log was cleared, with the state it had', async () => {
    start();
    speak(mqtt);
    const packet = publish('alpha', 'one');
    add(packet.subarray(0, 5));
    await watch.caughtUp();
    log.clear();
    watch.clear();
    add(packet.subarray(5));
    await watch.caughtUp();
    assert.deepEqual(await decoded(log.nextId - 1), ['PUBLISH alpha QoS0', true]);
  });
});
