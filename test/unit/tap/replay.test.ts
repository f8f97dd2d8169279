import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { RecordedConversation } from '../../../src/core/record/conversations.js';
import type { MockEvent } from '../../../src/core/tap/mock/mockEvents.js';
import { encodePayload } from '../../../src/core/payload/encodePayload.js';
import { startMock } from '../../../src/core/tap/mock/mockServer.js';
import { type Replay, replay, type ReplayOptions } from '../../../src/core/tap/replay/replay.js';
import { conversationOf, endOf, type Line } from '../../support/conversation.js';
import { planFor } from '../../support/plan.js';

interface Outcome {
  readonly replay: Replay;
  readonly events: readonly MockEvent[];
}

/** Says a recording again to a mock of another one. */
async function replayed(
  recording: RecordedConversation,
  served: RecordedConversation,
  options: Partial<ReplayOptions> = {},
): Promise<Outcome> {
  const events: MockEvent[] = [];
  const onEvent = (event: MockEvent) => void events.push(event);
  const mock = await startMock({
    conversations: [served],
    host: '127.0.0.1',
    port: 0,
    pace: 'fast',
    secrets: [],
    onEvent,
  });
  try {
    const plan = planFor(mock.url, { timeouts: { messageMs: 1_000 } });
    const told = {
      recording: 'a.wsrec',
      pace: 'reply',
      ignore: [],
      normalise: true,
      looks: false,
      ...options,
    } as const;
    return { replay: await replay(plan, recording, told), events };
  } finally {
    await mock.stop();
  }
}

const differencesOf = ({ replay: { differences } }: Outcome) =>
  differences.map(({ kind, number, paths }) => [kind, number, ...paths.map(({ path }) => path)]);

const ORDERS: readonly Line[] = [
  ['<', '{"type":"welcome","session":"s-11111111","at":"2026-01-02T03:04:05Z"}'],
  ['>', '{"type":"resume","session":"s-11111111"}'],
  ['<', '{"type":"resumed","count":3}'],
  ['>', '{"type":"list"}'],
  ['<', '{"type":"orders","orders":[{"id":1,"total":10}]}'],
];

const without = (lines: readonly Line[], at: number) => lines.filter((_, index) => index !== at);
const withLine = (lines: readonly Line[], at: number, content: string): Line[] =>
  lines.map((line, index) => (index === at ? [line[0], content] : line));

describe('replay', () => {
  it('finds no difference where the server answers as it did', async () => {
    const { replay: told } = await replayed(conversationOf(ORDERS), conversationOf(ORDERS));
    assert.deepEqual([told.same, told.sent, told.received, told.expected], [true, 2, 3, 3]);
    assert.equal(told.report.verdict, 'healthy', JSON.stringify(told.report.error));
    assert.deepEqual(
      told.report.steps.map(({ kind, status }) => `${kind} ${status}`),
      ['expect ok', 'send ok', 'expect ok', 'send ok', 'expect ok'],
    );
  });

  it('sends back the session that the server gave now, in every pace', async () => {
    const now: Line[] = ORDERS.map(([mark, content]) => [mark, String(content).replace('s-11111111', 's-99999999')]);
    for (const pace of ['reply', 'fast', 'real'] as const) {
      const { events, replay: told } = await replayed(conversationOf(ORDERS), conversationOf(now), { pace });
      assert.equal(told.same, true, JSON.stringify(told.differences));
      const answered = events.filter(({ kind }) => kind === 'answered');
      assert.deepEqual(answered, [
        { kind: 'answered', client: 1, by: 'exact', request: 2, answers: 1 },
        { kind: 'answered', client: 1, by: 'exact', request: 4, answers: 1 },
      ]);
    }
  });

  it('sends a token back whatever its member is called', async () => {
    const talk = (ticket: string): Line[] => [
      ['<', `{"type":"hello","ticket":"${ticket}"}`],
      ['>', `{"type":"join","url":"/rooms/${ticket}"}`],
      ['<', '{"type":"joined"}'],
    ];
    const { events, replay: told } = await replayed(conversationOf(talk('tk8x41aa')), conversationOf(talk('tk9y52bb')));
    assert.equal(told.same, true, JSON.stringify(told.differences));
    assert.equal(events.find(({ kind }) => kind === 'answered')?.kind === 'answered' && true, true);
    assert.deepEqual(
      events.flatMap((event) => (event.kind === 'answered' ? event.by : [])),
      ['exact'],
    );
  });

  it('tells a changed value with its path, a missing message and one that was not recorded', async () => {
    const changed = withLine(ORDERS, 4, '{"type":"orders","orders":[{"id":1,"total":"10"}]}');
    assert.deepEqual(differencesOf(await replayed(conversationOf(ORDERS), conversationOf(changed))), [
      ['changed', 5, '$.orders[0].total'],
    ]);
    assert.deepEqual(differencesOf(await replayed(conversationOf(ORDERS), conversationOf(without(ORDERS, 2)))), [
      ['missing', 3],
    ]);
    const more = await replayed(conversationOf(without(ORDERS, 2)), conversationOf(ORDERS));
    assert.deepEqual(differencesOf(more), [['unexpected', null]]);
    assert.deepEqual([more.replay.same, more.replay.report.verdict], [false, 'down']);
  });

  it('compares what no rule leaves out, and leaves out what a rule names', async () => {
    const now = withLine(ORDERS, 0, '{"type":"welcome","session":"s-11111111","at":"2027-01-02T03:04:05Z"}');
    const strict = await replayed(conversationOf(ORDERS), conversationOf(now), { normalise: false });
    assert.deepEqual(differencesOf(strict), [['changed', 1, '$.at']]);
    const ignoring = { normalise: false, ignore: ['$.at'] } as const;
    assert.equal((await replayed(conversationOf(ORDERS), conversationOf(now), ignoring)).replay.same, true);
  });

  it('holds the status, the subprotocol and the close against the recorded ones', async () => {
    const refused = conversationOf([], { response: { status: 403, reason: 'Forbidden', headers: [] } });
    const open = conversationOf([]);
    assert.equal((await replayed(refused, refused)).replay.same, true);
    assert.deepEqual(differencesOf(await replayed(refused, open)), [['status', null]]);
    const down = await replayed(open, refused);
    assert.deepEqual([down.replay.connected, down.replay.same], [false, false]);
    const spoken = conversationOf([], { subprotocol: 'chat' });
    assert.equal((await replayed(spoken, spoken)).replay.same, true);
    assert.deepEqual(differencesOf(await replayed(spoken, open)), [['subprotocol', null]]);
    const closed = conversationOf([['>', 'bye']], {}, endOf(4001, 'server', 'expired'));
    assert.equal((await replayed(closed, closed)).replay.same, true);
    const otherwise = conversationOf([['>', 'bye']], {}, endOf(4002, 'server', 'expired'));
    assert.deepEqual(differencesOf(await replayed(closed, otherwise)), [['close', null]]);
    const cut = conversationOf([['>', 'bye']], {}, endOf(1006, 'network'));
    assert.equal((await replayed(cut, cut)).replay.same, true);
  });

  it('says what is not answered at all', async () => {
    const { replay: told } = await replayed(conversationOf(ORDERS), conversationOf([]));
    assert.deepEqual(
      told.differences.map(({ kind }) => kind),
      ['missing', 'missing', 'missing'],
    );
  });

  it('reads binary messages as their dialect does: values that are new count as equal, and a session goes round', async () => {
    const talk = async (session: string, at: number): Promise<Line[]> => {
      const encoded = async (value: object) => (await encodePayload({ msgpack: value }, { baseDir: null })).bytes;
      return [
        ['<', await encoded({ type: 'welcome', session, at })],
        ['>', await encoded({ type: 'resume', session })],
        ['<', await encoded({ type: 'resumed', session, count: 3 })],
      ];
    };
    const dialect = { dialect: 'msgpack' };
    const recording = conversationOf(await talk('s-11111111', 1_700_000_000), dialect);
    const { events, replay: told } = await replayed(
      recording,
      conversationOf(await talk('s-99999999', 1_800_000_000), dialect),
    );
    assert.equal(told.same, true, JSON.stringify(told.differences));
    assert.deepEqual(
      events.flatMap((event) => (event.kind === 'answered' ? event.by : [])),
      ['exact'],
    );
    const changed = await talk('s-99999999', 1_800_000_000);
    changed[2] = [
      '<',
      (await encodePayload({ msgpack: { type: 'resumed', session: 's-99999999', count: 4 } }, { baseDir: null })).bytes,
    ];
    assert.deepEqual(differencesOf(await replayed(recording, conversationOf(changed, dialect))), [
      ['changed', 3, '$.count'],
    ]);
  });

  const word = fc.constantFrom('a', 'bb', 'list', 'x-12345678', 'a3f09c5512', '日本', '');
  const json = fc.record(
    {
      type: fc.constantFrom('open', 'data', 'ack'),
      id: fc.oneof(fc.nat(20), word),
      value: fc.jsonValue({ maxDepth: 2 }),
      token: word,
    },
    { requiredKeys: ['type'] },
  );
  const content = fc.oneof(
    word,
    json.map((value) => JSON.stringify(value)),
    fc.uint8Array({ maxLength: 20 }),
    fc.tuple(fc.nat(30), word).map(([ack, event]) => `42${ack}${JSON.stringify([event, 1])}`),
  );
  const line = fc.tuple(fc.constantFrom('>' as const, '<' as const), content);
  const end = fc.constantFrom(
    null,
    endOf(1000, 'client'),
    endOf(1000, 'server'),
    endOf(4000, 'server', 'so'),
    endOf(1006, 'network'),
  );

  it('hears out what came before an end that is already known', async () => {
    const lines = Array.from({ length: 1_000 }, (_, at): Line => ['<', `{"type":"tick","count":${at}}`]);
    const recording = conversationOf(lines, {}, endOf(1000, 'server'));
    for (const pace of ['reply', 'fast'] as const) {
      const { replay: told } = await replayed(recording, recording, { pace, normalise: false });
      assert.deepEqual([told.differences, told.received, told.same], [[], 1_000, true]);
    }
  });

  it('finds no difference between any recording and its own mock', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 12 }),
        end,
        fc.constantFrom('reply' as const, 'fast' as const),
        async (lines, ended, pace) => {
          const recording = conversationOf(lines, {}, ended);
          const { replay: told } = await replayed(recording, recording, { pace });
          assert.equal(told.same, true, JSON.stringify([told.differences, told.report.error]));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('finds a message that was changed in any recording', async () => {
    const changeable = fc
      .array(line, { maxLength: 8 })
      .chain((lines) => fc.tuple(fc.constant(lines), fc.nat(lines.length)));
    await fc.assert(
      fc.asyncProperty(changeable, async ([lines, at]) => {
        const put = (content: string): Line[] => [...lines.slice(0, at), ['<', content], ...lines.slice(at)];
        const recording = conversationOf(put('{"type":"price","amount":12}'));
        const { replay: told } = await replayed(recording, conversationOf(put('{"type":"price","amount":13}')));
        assert.deepEqual(
          told.differences.map(({ kind, paths }) => [kind, paths.map(({ path }) => path)]),
          [['changed', ['$.amount']]],
        );
      }),
      { numRuns: 30 },
    );
  });
});
