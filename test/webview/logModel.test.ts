import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { RemoteError } from '../../src/protocol/channel.js';
import type { LogRow, LogStatus } from '../../src/protocol/session.js';
import { LogModel } from '../../webview/log/logModel.js';
import { positionOf } from '../../webview/log/viewport.js';
import type { Ask } from '../../webview/shared/parts.js';
import { LOG_STATUS, textRow } from './sessionFixtures.js';

/** A log whose row ids are a hundred and their number; answers when `turn` is awaited. */
class Host {
  total = 0;
  dropped = 0;
  generation = 0;
  /** The number of the first row since the log was cleared. */
  start = 0;
  readonly asked: { readonly method: string; readonly params: Record<string, unknown> }[] = [];
  fail: Error | null = null;
  failOnce: Error | null = null;
  problems: readonly { message: string; index: number; length: number }[] = [];
  #views = 0;

  readonly ask: Ask = ((method: string, params: Record<string, unknown>) => {
    this.asked.push({ method, params });
    return new Promise((resolve, reject) => {
      setImmediate(() => {
        const fail = this.failOnce ?? this.fail;
        this.failOnce = null;
        if (fail) reject(fail);
        else resolve(this.#answer(method, params));
      });
    });
  }) as unknown as Ask;

  status(): LogStatus {
    return {
      ...LOG_STATUS,
      generation: this.generation,
      frames: this.total,
      messages: this.total,
      droppedFrames: this.dropped,
    };
  }

  count(method: string): number {
    return this.asked.filter((each) => each.method === method).length;
  }

  announce(log: LogModel, total = this.total): void {
    this.total = total;
    log.heard({ viewId: this.#views, total, scanning: false, log: this.status() });
  }

  #answer(method: string, params: Record<string, unknown>): unknown {
    const { from = 0, count = 0, id = 0 } = params as { from?: number; count?: number; id?: number };
    switch (method) {
      case 'viewOpen':
        this.#views++;
        return { viewId: this.#views, total: this.problems.length > 0 ? 0 : this.total, problems: this.problems };
      case 'viewRows': {
        const end = Math.min(this.total, from + count);
        return {
          total: this.total,
          from,
          generation: this.generation,
          droppedFrames: this.dropped,
          rows: Array.from({ length: Math.max(0, end - from) }, (_, at) => this.#row(from + at)),
        };
      }
      case 'viewRowOf': {
        const position = id - 100 - this.start - this.dropped;
        return {
          row: position >= 0 && position < this.total ? position : null,
          generation: this.generation,
          droppedFrames: this.dropped,
        };
      }
      case 'viewFind':
        return {
          row: (params['backwards'] as boolean) ? null : from <= 50 ? 50 : null,
          generation: this.generation,
          droppedFrames: this.dropped,
        };
      default:
        return null;
    }
  }

  #row(position: number): LogRow {
    const number = position + this.start + this.dropped;
    return textRow({ id: 100 + number, atMs: number, preview: `row ${number}` });
  }
}

/** Everything asked for has been answered. */
async function turn(): Promise<void> {
  for (let round = 0; round < 12; round++) await new Promise((resolve) => setImmediate(resolve));
}

async function opened(total: number): Promise<{ host: Host; log: LogModel }> {
  const host = new Host();
  host.total = total;
  const log = new LogModel(host.ask);
  log.resize(400, 20);
  log.show('session', 'messages', '');
  await turn();
  return { host, log };
}

function firstShown(log: LogModel): string | undefined {
  return log.row(log.visible().first)?.preview;
}

describe('the log model', () => {
  it('opens at the end, with the rows there', async () => {
    const { log } = await opened(1_000_000);
    assert.equal(log.follow, true);
    assert.deepEqual(log.visible(), { first: 999_980, end: 1_000_000 });
    assert.equal(log.row(999_999)?.preview, 'row 999999');
  });

  it('follows the end without ever showing a row that is not there yet', async () => {
    const { host, log } = await opened(1000);
    const blanks: number[] = [];
    log.subscribe(() => {
      const { first, end } = log.visible();
      for (let row = first; row < end; row++) if (!log.row(row)) blanks.push(row);
    });
    for (const total of [1001, 1400, 9000]) {
      host.announce(log, total);
      await turn();
      assert.equal(log.total, total);
    }
    assert.deepEqual(blanks, []);
  });

  it('has one request for rows on its way at most, then the newest wish', async () => {
    const { host, log } = await opened(1_000_000);
    const before = host.count('viewRows');
    for (let step = 0; step < 50; step++) log.scrollBy(-10_000);
    assert.equal(host.count('viewRows'), before + 1);
    await turn();
    assert.ok(host.count('viewRows') <= before + 3);
    assert.equal(firstShown(log), `row ${log.visible().first}`);
  });

  it('pauses when somebody scrolls up, counts what is new, and moves nothing', async () => {
    const { host, log } = await opened(1000);
    log.scrollBy(-2000);
    await turn();
    const shown = firstShown(log);
    const place = positionOf(log.anchor, log.metrics);
    host.announce(log, 1_500_000);
    await turn();
    assert.equal(log.follow, false);
    assert.equal(log.news, 1_499_000);
    assert.equal(firstShown(log), shown);
    assert.equal(positionOf(log.anchor, log.metrics), place);
    log.setFollow(true);
    await turn();
    assert.equal(log.news, 0);
    assert.equal(log.visible().end, 1_500_000);
  });

  it('follows again once somebody scrolled to the end', async () => {
    const { log } = await opened(1000);
    log.scrollBy(-200);
    assert.equal(log.follow, false);
    log.scrollBy(200);
    assert.equal(log.follow, true);
  });

  it('keeps what shows in its place when rows are dropped in front', async () => {
    const { host, log } = await opened(1000);
    host.announce(log);
    await turn();
    log.scrollBy(-4010);
    await turn();
    log.choose(log.visible().first + 3, false);
    await turn();
    const shown = firstShown(log);
    const chosen = log.selection.cursor?.row?.preview;
    const { offsetPx } = log.anchor;
    host.dropped = 300;
    host.announce(log, 700);
    await turn();
    assert.equal(firstShown(log), shown);
    assert.equal(log.anchor.offsetPx, offsetPx);
    assert.equal(log.selection.cursor?.row?.preview, chosen);
    assert.equal(log.row(log.selection.cursor?.position ?? -1)?.preview, chosen);
  });

  it('goes to the first row left when the one that showed was dropped', async () => {
    const { host, log } = await opened(1000);
    host.announce(log);
    log.step('first', false);
    await turn();
    host.dropped = 600;
    host.announce(log, 400);
    await turn();
    assert.equal(firstShown(log), 'row 600');
    assert.equal(log.follow, false);
  });

  it('says that it was cleared, and follows anew', async () => {
    const { host, log } = await opened(1000);
    log.scrollBy(-3000);
    host.generation++;
    host.announce(log, 0);
    await turn();
    assert.deepEqual([log.total, log.cleared, log.follow, log.selection.cursor], [0, true, true, null]);
    host.announce(log, 3);
    await turn();
    assert.deepEqual([log.total, log.cleared], [3, false]);
  });

  it('has nothing left of what was cleared while the log grew on', async () => {
    const { host, log } = await opened(1000);
    host.announce(log);
    log.choose(995, false);
    await turn();
    log.scrollBy(-3000);
    host.start = 1000;
    host.generation++;
    host.announce(log, 600);
    assert.deepEqual([log.selection.cursor, log.total, log.follow], [null, 0, true]);
    await turn();
    assert.equal(log.total, 600);
    const { first, end } = log.visible();
    for (let at = first; at < end; at++) assert.equal(log.row(at)?.preview, `row ${1000 + at}`);
  });

  it('takes rows that were read after a clear as the news of it', async () => {
    const { host, log } = await opened(1000);
    log.choose(995, false);
    await turn();
    host.start = 1000;
    host.generation++;
    log.scrollBy(-9000);
    await turn();
    assert.equal(log.selection.cursor, null);
    assert.equal(log.row(log.visible().first)?.preview, `row ${1000 + log.visible().first}`);
  });

  it('walks with the keys and stops at the ends', async () => {
    const { log } = await opened(1000);
    log.step('first', false);
    log.step('up', false);
    assert.equal(log.selection.cursor?.position, 0);
    log.step('pageDown', false);
    assert.equal(log.selection.cursor?.position, 19);
    log.step('down', false);
    assert.equal(log.visible().first, 1);
    log.step('last', false);
    assert.equal(log.selection.cursor?.position, 999);
    assert.equal(log.follow, true);
  });

  it('holds two rows for the time between, the first one stays', async () => {
    const { log } = await opened(1000);
    log.choose(990, false);
    log.step('down', true);
    log.step('down', true);
    await turn();
    assert.equal(log.selection.mate?.row?.atMs, 990);
    assert.equal(log.selection.cursor?.row?.atMs, 992);
    log.choose(985, false);
    assert.equal(log.selection.mate, null);
  });

  it('shows the old rows until those of a new filter are there, and closes the old view', async () => {
    const { host, log } = await opened(1000);
    const old = log.feed;
    host.total = 40;
    log.show('session', 'messages', 'kind:text');
    assert.equal(log.feed, old);
    await turn();
    assert.equal(log.total, 40);
    assert.ok(log.row(39));
    assert.equal(host.count('viewClose'), 1);
  });

  it('draws the rows that a filter found while its view was being opened', async () => {
    const { host, log } = await opened(32);
    log.choose(30, false);
    await turn();
    host.total = 0;
    log.show('session', 'messages', 'kind:text');
    while (host.count('viewRowOf') === 0) await new Promise((resolve) => setImmediate(resolve));
    host.announce(log, 2);
    await turn();
    assert.deepEqual([log.total, log.visible()], [2, { first: 0, end: 2 }]);
    assert.ok(log.row(0) && log.row(1));
  });

  it('keeps the rows where a filter has a problem', async () => {
    const { host, log } = await opened(1000);
    host.problems = [{ message: 'no', index: 0, length: 2 }];
    log.show('session', 'messages', 'no:');
    await turn();
    assert.equal(log.total, 1000);
    assert.equal(log.problems.length, 1);
  });

  it('finds on, goes round once, and says when there is nothing', async () => {
    const { log } = await opened(1000);
    log.choose(990, false);
    assert.equal(await log.find('x', false), 'wrapped');
    assert.equal(log.selection.cursor?.position, 50);
    log.choose(20, false);
    assert.equal(await log.find('x', false), 'found');
    assert.equal(await log.find('x', true), 'nothing');
  });

  it('says what failed, asks no more, and tries again when told to', async () => {
    const { host, log } = await opened(1000);
    host.fail = new Error('gone');
    log.step('first', false);
    await turn();
    assert.match(String(log.error), /gone/);
    const asked = host.asked.length;
    log.step('pageDown', false);
    await turn();
    assert.equal(host.asked.length, asked);
    host.fail = null;
    log.retry();
    await turn();
    assert.equal(log.error, null);
    assert.ok(log.row(log.visible().first));
  });

  it('opens its view again where the other side was started anew, and leaves the old number alone', async () => {
    const { host, log } = await opened(1000);
    mock.method(performance, 'now', () => 1e9);
    host.failOnce = new RemoteError({ code: 'view.unknown', message: 'closed', hint: null });
    log.step('first', false);
    await turn();
    mock.restoreAll();
    assert.equal(log.error, null);
    assert.equal(host.count('viewOpen'), 2);
    assert.equal(host.count('viewClose'), 0);
    assert.equal(firstShown(log), 'row 0');
  });

  it('asks for nothing while it is out of sight', async () => {
    const { host, log } = await opened(1000);
    log.resize(0, 20);
    const asked = host.asked.length;
    for (const total of [2000, 3000]) host.announce(log, total);
    await turn();
    assert.equal(host.asked.length, asked);
    log.resize(400, 20);
    await turn();
    assert.equal(log.visible().end, 3000);
    assert.ok(log.row(2999));
  });
});
