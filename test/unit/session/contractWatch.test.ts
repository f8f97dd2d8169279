import { deepStrictEqual, match, strictEqual } from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JsonSchema } from '../../../src/core/base/jsonSchema.js';
import { ObservedSource } from '../../../src/core/session/observedSource.js';
import { exportContract, holdAgainst, learnToFile } from '../../../src/engine/sessions/contracts.js';

type Said = readonly [direction: 'sent' | 'received', value: unknown];

describe('a message contract and the log of a session', () => {
  let folder: string;
  let source: ObservedSource;
  let contract: string;
  const secrets = ['s3cr3t-of-the-log'];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wsprobe-contract-'));
    contract = join(folder, 'orders.contract.json');
  });
  after(() => rm(folder, { recursive: true }));
  beforeEach(() => {
    source = new ObservedSource({ sessionId: 's', name: 's', url: 'ws://x/', spillDir: null, secrets: [...secrets] });
    source.opened({ url: 'ws://x/', peer: null, subprotocol: null, request: null, response: null });
  });
  afterEach(() => source.dispose());

  const say = (...said: readonly Said[]) => {
    for (const [direction, value] of said) {
      const bytes = Buffer.from(JSON.stringify(value));
      source.message(1, { direction, binary: false, bytes, payloadBytes: bytes.length, atMs: source.now() });
    }
  };
  const orders = (count: number): Said[] =>
    Array.from({ length: count }, (_, at) => ['received', { type: 'order', id: at, state: at % 2 ? 'open' : 'done' }]);
  const rows = async () => {
    const view = source.log.openView({ mode: 'messages', filter: '' });
    const all = await view.rows(0, 1000);
    view.close();
    return all;
  };

  it('is learned from what the log holds, without its secrets', async () => {
    say(...orders(30), ...orders(30).map((): Said => ['sent', { type: 'login', token: secrets[0] }]));
    deepStrictEqual(await learnToFile(source, contract), { messages: 60, types: 2, missed: 0 });
    const text = await readFile(contract, 'utf8');
    match(text, /"wsprobe\.contract\/1"/);
    strictEqual(text.includes(secrets[0]!), false);
  });

  it('is held against what is there and what follows; the first departure is marked and told', async () => {
    say(...orders(5));
    let changes = 0;
    const watch = await holdAgainst(source, contract, () => (changes += 1));
    source.onChange = () => watch.grew();
    await watch.caughtUp();
    deepStrictEqual([watch.state.messages, watch.state.departing, watch.state.first], [5, 0, null]);
    say(['received', { type: 'order', id: 6, state: 'lost' }], ['received', { type: 'order', id: 'x', state: 'open' }]);
    await watch.caughtUp();
    const { first, ...state } = watch.state;
    deepStrictEqual(state, { name: 'orders.contract.json', messages: 7, departing: 2, missed: 0 });
    deepStrictEqual([first?.type, first?.path, first?.actual], ['order', '$.state', '"lost"']);
    const marked = (await rows()).filter((row) => row.marked);
    deepStrictEqual(
      marked.map(({ id, preview }) => [id, preview]),
      [[first?.id, '{"type":"order","id":6,"state":"lost"}']],
    );
    match(source.notes[0]?.text ?? '', /Departs from orders\.contract\.json: order, \$\.state: expected one of/);
    strictEqual(changes >= 7, true);
    watch.stop();
    say(['received', { type: 'nothing known' }]);
    await watch.caughtUp();
    strictEqual(watch.state.messages, 7);
  });

  it('says what cannot be learned from, read or written', async () => {
    const rejects = (act: Promise<unknown>) =>
      act.then(
        () => 'done',
        (error: Error) => error.message,
      );
    match(await rejects(learnToFile(source, contract)), /no message/);
    say(...orders(1));
    match(await rejects(learnToFile(source, join(folder, 'no', 'such.json'))), /such\.json: ENOENT/);
    match(await rejects(holdAgainst(source, join(folder, 'missing.json'), () => {})), /missing\.json/);
    const schema = join(folder, 'orders.schema.json');
    deepStrictEqual(await exportContract(contract, schema), { types: 2 });
    match(await rejects(holdAgainst(source, schema, () => {})), /no contract/);
    const judged = new JsonSchema(JSON.parse(await readFile(schema, 'utf8')) as object);
    strictEqual(judged.errors({ type: 'order', id: 1, state: 'open' }).length, 0);
    strictEqual(judged.errors({ type: 'order', id: 1, state: 'lost' }).length > 0, true);
  });
});
