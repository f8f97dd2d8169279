import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { Feed } from '../../../src/host/inspector/feed.js';

describe('the feed of a page', () => {
  const feeds: Feed[] = [];
  afterEach(() => {
    for (const feed of feeds.splice(0)) feed.dispose();
  });

  it('tells the first at once and of many the latest, the last one always', async () => {
    const { push, told, until } = start(5);
    for (let value = 0; value < 100; value++) push('a', value);
    deepStrictEqual(told(), ['a0']);
    await until('a99');
    deepStrictEqual(told(), ['a0', 'a99']);
  });

  it('gives every subject its turn', async () => {
    const { push, told, until } = start(5);
    for (let value = 0; value < 50; value++) {
      push('a', value);
      push('b', value);
    }
    await until('b49');
    await until('a49');
    deepStrictEqual(told().toSorted(), ['a0', 'a49', 'b49']);
  });

  it('keeps between two messages what it was told to keep', async () => {
    const { push, times, until } = start(20);
    push('a', 0);
    push('b', 1);
    push('c', 2);
    await until('c2');
    for (let index = 1; index < times.length; index++) {
      ok((times[index] ?? 0) - (times[index - 1] ?? 0) >= 19, String(times));
    }
  });

  it('lets a subject come no sooner than its own interval, and others meanwhile', async () => {
    const { push, told, until } = start(1);
    push('slow', 0, 40);
    push('slow', 1, 40);
    push('quick', 0);
    await until('slow1');
    deepStrictEqual(told(), ['slow0', 'quick0', 'slow1']);
  });

  it('has one message on its way at most', async () => {
    const { push, told, until, hold } = start(1);
    const arrive = hold();
    push('a', 0);
    push('a', 1);
    push('b', 0);
    await new Promise((resolve) => setImmediate(resolve));
    deepStrictEqual(told(), ['a0']);
    arrive();
    await until('a1');
  });

  it('says nothing of what was forgotten, cleared or disposed, and begins anew', async () => {
    const { feed, push, told, until, hold } = start(1);
    hold();
    push('a', 0);
    push('a', 1);
    push('b', 0);
    feed.forget('b');
    feed.clear();
    push('c', 0);
    await until('c0');
    deepStrictEqual(told(), ['a0', 'c0']);
    feed.dispose();
    push('d', 0);
    strictEqual(told().length, 2);
  });

  it('goes on when a message could not be told', async () => {
    const { feed, push, until } = start(1);
    feed.push('broken', 0, () => Promise.reject(new Error('gone')));
    push('a', 0);
    await until('a0');
  });

  function start(intervalMs: number) {
    const feed = new Feed(intervalMs);
    feeds.push(feed);
    const seen: string[] = [];
    const times: number[] = [];
    const waiting: { readonly what: string; readonly resolve: () => void }[] = [];
    let gate: Promise<void> = Promise.resolve();
    const push = (key: string, value: number, everyMs = 0) =>
      feed.push(key, everyMs, () => {
        seen.push(`${key}${value}`);
        times.push(performance.now());
        for (const one of waiting) if (seen.includes(one.what)) one.resolve();
        return gate;
      });
    const until = (what: string) =>
      seen.includes(what) ? Promise.resolve() : new Promise<void>((resolve) => waiting.push({ what, resolve }));
    const hold = () => {
      let open = (): void => undefined;
      gate = new Promise((resolve) => (open = resolve));
      return open;
    };
    return { feed, push, told: () => [...seen], times, until, hold };
  }
});
