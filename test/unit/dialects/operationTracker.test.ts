import assert from 'node:assert/strict';
import type { Decoded } from '../../../src/core/dialects/dialect.js';
import {
  MAX_OPERATIONS,
  MAX_PENDING,
  MAX_UNANSWERED,
  OperationTracker,
  OTHER_OPERATIONS,
} from '../../../src/core/dialects/operationTracker.js';
import type { Direction } from '../../../src/core/base/model.js';

const one = (role: Decoded['role'], correlation: string | null, operation: string | null = null): Decoded[] => [
  { label: 'x', role, correlation, operation },
];

/** Feeds `direction role correlation operation` at one millisecond after the other. */
function feed(
  tracker: OperationTracker,
  ...rows: readonly (readonly [Direction, Decoded['role'], string | null, string?])[]
): void {
  for (const [index, [direction, role, correlation, operation]] of rows.entries()) {
    tracker.record({ id: index, direction, atMs: index }, one(role, correlation, operation ?? null));
  }
}

describe('OperationTracker', () => {
  it('leads from a request to its first reply, and from every reply to its request', () => {
    const tracker = new OperationTracker();
    feed(
      tracker,
      ['sent', 'request', '1', 'a'],
      ['received', 'reply', '2'],
      ['received', 'reply', '1'],
      ['received', 'reply', '1'],
      ['sent', 'request', '1', 'a'],
      ['received', 'error', '1'],
    );
    assert.deepEqual(
      [0, 1, 2, 3, 4, 5].map((id) => tracker.pairOf(id)),
      [2, null, 0, 0, 5, 4],
    );
    tracker.clear();
    assert.equal(tracker.pairOf(0), null);
  });

  it('pairs a request with the first reply of the other side', () => {
    const tracker = new OperationTracker();
    feed(
      tracker,
      ['sent', 'request', '1', 'a'],
      ['sent', 'reply', '1'],
      ['received', 'reply', '2'],
      ['received', 'reply', '1'],
      ['received', 'reply', '1'],
    );
    assert.deepEqual(tracker.operations(), [
      { operation: 'a', count: 1, unanswered: 0, failed: 0, p50Ms: 3, p95Ms: 3, p99Ms: 3, maxMs: 3 },
    ]);
    assert.deepEqual(tracker.unanswered(), []);
  });

  it('keeps requests of both sides with the same correlation apart', () => {
    const tracker = new OperationTracker();
    feed(tracker, ['sent', 'request', '1', 'a'], ['received', 'request', '1', 'b'], ['received', 'reply', '1']);
    assert.deepEqual(
      tracker.operations().map(({ operation, unanswered }) => [operation, unanswered]),
      [
        ['a', 0],
        ['b', 1],
      ],
    );
    assert.deepEqual(tracker.unanswered(), [{ id: 1, operation: 'b', atMs: 1 }]);
  });

  it('counts errors as failed, repeats once, and forgets what is withdrawn', () => {
    const tracker = new OperationTracker();
    feed(
      tracker,
      ['sent', 'request', '1', 'a'],
      ['sent', 'request', '1', 'a'],
      ['received', 'error', '1'],
      ['sent', 'request', '2', 'a'],
      ['received', 'control', '2'],
      ['sent', 'control', '2'],
      ['received', 'reply', '2'],
    );
    const [stats] = tracker.operations();
    assert.deepEqual([stats?.count, stats?.failed, stats?.unanswered, stats?.maxMs], [2, 1, 0, 2]);
  });

  it('ignores events and what has no correlation', () => {
    const tracker = new OperationTracker();
    feed(tracker, ['sent', 'event', '1', 'a'], ['sent', 'request', null, 'a'], ['sent', 'heartbeat', null]);
    assert.deepEqual(tracker.operations(), []);
  });

  it('measures heartbeats by the last that was sent', () => {
    const tracker = new OperationTracker();
    feed(
      tracker,
      ['sent', 'heartbeat', 'ping', 'ping'],
      ['sent', 'heartbeat', 'ping', 'ping'],
      ['received', 'heartbeat', 'ping'],
    );
    const [stats] = tracker.operations();
    assert.deepEqual([stats?.count, stats?.unanswered, stats?.maxMs], [2, 1, 1]);
    assert.deepEqual(tracker.unanswered(), [{ id: 0, operation: 'ping', atMs: 0 }]);
  });

  it('gives percentiles of the last 1,000 and the maximum of all', () => {
    const tracker = new OperationTracker();
    for (let i = 0; i < 2_000; i++) {
      tracker.record({ id: i, direction: 'sent', atMs: 0 }, one('request', String(i), 'a'));
      tracker.record({ id: i, direction: 'received', atMs: i < 1_000 ? 5_000 : i - 999 }, one('reply', String(i)));
    }
    const [stats] = tracker.operations();
    assert.deepEqual([stats?.p50Ms, stats?.p95Ms, stats?.p99Ms, stats?.maxMs], [500, 950, 990, 5_000]);
  });

  it('never pairs across connections', () => {
    const tracker = new OperationTracker();
    feed(tracker, ['sent', 'request', '1', 'a']);
    tracker.connectionClosed();
    feed(tracker, ['received', 'reply', '1'], ['sent', 'request', '1', 'a'], ['received', 'reply', '1']);
    assert.deepEqual(tracker.unanswered(), [{ id: 0, operation: 'a', atMs: 0 }]);
    assert.equal(tracker.operations()[0]?.unanswered, 1);
    tracker.clear();
    assert.deepEqual([tracker.operations(), tracker.unanswered()], [[], []]);
  });

  it('bounds operations, what waits, and the list of the unanswered, oldest kept', () => {
    const tracker = new OperationTracker();
    const total = MAX_PENDING + 3_000;
    for (let i = 0; i < total; i++) {
      tracker.record({ id: i, direction: 'sent', atMs: i }, one('request', String(i), `operation ${i}`));
    }
    assert.equal(tracker.operations().length, MAX_OPERATIONS + 1);
    assert.equal(tracker.operations()[0]?.operation, OTHER_OPERATIONS);
    assert.equal(tracker.operations()[0]?.unanswered, total - MAX_OPERATIONS);
    assert.equal(tracker.unanswered().length, MAX_UNANSWERED);
    assert.equal(tracker.unanswered()[0]?.id, 0);
    // The newest are still paired.
    tracker.record({ id: total, direction: 'received', atMs: total }, one('reply', String(total - 1)));
    assert.equal(tracker.operations()[0]?.unanswered, total - MAX_OPERATIONS - 1);
  });

  it('shows names of operations as safe text', () => {
    const tracker = new OperationTracker();
    feed(tracker, ['sent', 'request', '1', 'a\u202e\u0000b']);
    assert.equal(tracker.operations()[0]?.operation, 'ab');
  });
});

describe('exchanges', () => {
  const exchanges = (tracker: OperationTracker, operation = '', shown: readonly number[] = []) =>
    tracker
      .exchanges(0, 100, { operation, isShown: (id) => shown.includes(id) })
      .exchanges.map(({ id, operation: name, state, replies }) => [id, name, state, ...replies]);

  it('hold a request with all that answered it, and how it ended', () => {
    const tracker = new OperationTracker();
    feed(
      tracker,
      ['sent', 'request', '1', 'subscribe'],
      ['received', 'reply', '1'],
      ['sent', 'request', '2', 'get'],
      ['received', 'reply', '1'],
      ['received', 'error', '2'],
      ['sent', 'request', '3', 'get'],
      ['sent', 'control', '3'],
      ['sent', 'request', '4', 'put'],
      ['received', 'request', '4', 'theirs'],
    );
    const before = [
      [0, 'subscribe', 'answered', 1, 3],
      [2, 'get', 'failed', 4],
      [5, 'get', 'withdrawn'],
    ];
    assert.deepEqual(exchanges(tracker), [...before, [7, 'put', 'waiting'], [8, 'theirs', 'waiting']]);
    tracker.connectionClosed();
    assert.deepEqual(exchanges(tracker), [...before, [7, 'put', 'unanswered'], [8, 'theirs', 'unanswered']]);
    assert.deepEqual(
      exchanges(tracker, 'GE').map(([id]) => id),
      [2, 5],
    );
    assert.deepEqual(
      exchanges(tracker, 'GE', [3, 7]).map(([id]) => id),
      [0, 2, 5, 7],
      'of which a reply or the request is shown',
    );
    const [first] = tracker.exchanges(0, 1).exchanges;
    assert.deepEqual([first?.firstReplyMs, first?.replyCount, tracker.exchanges(0, 1).total], [1, 2, 5]);
    tracker.clear();
    assert.deepEqual(exchanges(tracker), []);
  });

  it('are bounded: the oldest requests and replies beyond some hundreds are only counted', () => {
    const tracker = new OperationTracker();
    const ask = (id: number) => tracker.record({ id, direction: 'sent', atMs: id }, one('request', `${id}`, 'a'));
    for (let id = 0; id < 20_500; id++) ask(id);
    const { total, exchanges: all } = tracker.exchanges(0, 1);
    assert.ok(total <= 20_000 && all[0]?.id === 20_500 - total, `${total}`);
    for (let id = 0; id < 300; id++)
      tracker.record({ id: 30_000 + id, direction: 'received', atMs: 30_000 }, one('reply', '20499'));
    const last = tracker.exchanges(total - 1, 1).exchanges[0];
    assert.deepEqual([last?.replyCount, last?.replies.length], [300, 200]);
  });
});
