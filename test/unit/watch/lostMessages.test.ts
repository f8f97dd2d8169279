import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import type { NumberedMessages } from '../../../src/core/base/sample.js';
import { judgeSequence } from '../../../src/core/lab/measure/sequence.js';
import { LostMessages } from '../../../src/core/watch/lostMessages.js';
import { Watch, type WatchEvent } from '../../../src/core/watch/watch.js';
import { planFor } from '../../support/plan.js';

function heard(...connections: readonly (readonly number[])[]): NumberedMessages {
  const lost = new LostMessages();
  for (const numbers of connections) {
    lost.connectionBegan();
    for (const number of numbers) lost.take(number);
  }
  return lost.since();
}

describe('lost messages', () => {
  it('are counted within a connection and from one to the next', () => {
    assert.deepEqual(heard([1, 2, 5], [9, 10]), { numbered: 5, lost: 5, repeated: 0, unknown: 0 });
    assert.deepEqual(heard([10, 20, 30], [60]), { numbered: 4, lost: 2, repeated: 0, unknown: 0 });
  });

  it('are none where they are sent again, late or in another order', () => {
    assert.deepEqual(heard([1, 2, 3], [2, 3, 4]), { numbered: 6, lost: 0, repeated: 2, unknown: 0 });
    assert.deepEqual(heard([1, 2, 5, 4, 3, 6]), { numbered: 6, lost: 0, repeated: 0, unknown: 0 });
  });

  it('are not made up where the count begins anew', () => {
    assert.deepEqual(heard([7, 8], [1, 2, 3]), { numbered: 5, lost: 0, repeated: 0, unknown: 1 });
    assert.deepEqual(heard([1, 2], [1, 2], [1, 4]), { numbered: 6, lost: 0, repeated: 0, unknown: 2 });
    assert.deepEqual(heard([40, 41, 2, 3]), { numbered: 4, lost: 0, repeated: 0, unknown: 1 });
  });

  it('are what the judge of whole sequences finds, for a count that goes on', () => {
    const steps = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(steps, fc.nat(59), (gaps, cut) => {
        let number = 0;
        const numbers = [0, ...gaps.map((gap) => (number += gap))];
        const { missing } = judgeSequence(numbers);
        assert.deepEqual(heard(numbers.slice(0, cut), numbers.slice(cut)), {
          numbered: numbers.length,
          lost: missing,
          repeated: 0,
          unknown: 0,
        });
      }),
    );
  });

  it('are told once, whatever comes later', () => {
    const lost = new LostMessages();
    for (const number of [1, 2, 4]) lost.take(number);
    assert.equal(lost.since().lost, 1);
    lost.take(3);
    assert.equal(lost.since().lost, 0);
    lost.take(6);
    assert.equal(lost.since().lost, 0, 'the gap that was told in vain stands for this one');
    lost.forget();
    lost.take(90);
    assert.deepEqual(lost.since(), { numbered: 1, lost: 0, repeated: 0, unknown: 0 });
  });
});

describe('a held watch of a server that is killed and started again', () => {
  const reconnect = { initialMs: 1, maxMs: 5, jitter: 0, maxAttempts: 100_000 };
  const session = { heartbeat: null, reconnect, dialect: 'auto', autoPong: true, shareConnection: false };
  let server: ChildProcess | null = null;
  let port = 0;

  afterEach(() => {
    server?.kill('SIGKILL');
    server = null;
    port = 0;
  });

  async function start(): Promise<void> {
    server = fork(fileURLToPath(new URL('numberedServer.mjs', import.meta.url)), [String(port)], {
      execArgv: [],
    });
    const [told] = (await once(server, 'message')) as [{ port: number }];
    port = told.port;
  }

  async function kill(): Promise<void> {
    const exited = once(server!, 'exit');
    server!.kill('SIGKILL');
    await exited;
  }

  const say = (...numbers: readonly number[]) => {
    for (const seq of numbers) server!.send(JSON.stringify({ seq }));
  };
  const client = () => once(server!, 'message');

  /** Watches while `story` goes on; it may wait for so many numbered messages. */
  async function watched(
    sequence: string | null,
    story: (until: (numbered: number) => Promise<void>) => Promise<void>,
  ) {
    await start();
    const waiting: { numbered: number; resolve: () => void }[] = [];
    const ending = new AbortController();
    const events: WatchEvent[] = [];
    const watch: Watch = new Watch({
      targets: [
        {
          plan: planFor(`ws://127.0.0.1:${port}/`, {
            session,
            watch: { everyMs: 10, alertAfter: 2, hold: true, sequence },
          }),
          profile: null,
        },
      ],
      signal: ending.signal,
      pauseAfterMs: 600_000,
      onEvent: (event) => {
        events.push(event);
        const numbered = watch.summary().targets[0]?.sequence?.numbered ?? 0;
        for (const one of waiting) if (numbered >= one.numbered) one.resolve();
      },
    });
    const come = client();
    const done = watch.run();
    try {
      await come;
      await story((numbered) => new Promise((resolve) => waiting.push({ numbered, resolve })));
    } finally {
      ending.abort();
      await done;
    }
    return { series: watch.summary().targets[0], events };
  }

  it('counts what was lost meanwhile, what came again, and where nothing can be said', async () => {
    const { series, events } = await watched('$.seq', async (until) => {
      say(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
      await until(10);
      await kill();
      // 11 to 17 are said to nobody.
      await start();
      await client();
      say(18, 19, 20);
      await until(13);
      await kill();
      await start();
      await client();
      say(19, 20, 21, 22);
      await until(17);
      await kill();
      await start();
      await client();
      say(1, 2);
      await until(19);
    });
    assert.deepEqual(series?.sequence, { numbered: 19, lost: 7, repeated: 2, unknown: 1 });
    assert.equal(series?.drops, 3);
    const alert = events
      .flatMap((event) => (event.kind === 'alert' ? event.alert : []))
      .find(({ rule }) => rule === 'lost-messages');
    assert.deepEqual([alert?.state, alert?.title], ['firing', '7 numbered messages never came']);
    const lossy = events
      .flatMap((event) => (event.kind === 'sample' ? event.sample : []))
      .filter(({ sequence }) => (sequence?.lost ?? 0) > 0);
    assert.deepEqual(
      lossy.map(({ verdict, sequence }) => [verdict, sequence?.lost]),
      [['degraded', 7]],
    );
  });

  it('says that it does not know where nothing says how messages are numbered', async () => {
    const { series, events } = await watched(null, async () => {
      say(1);
      await kill();
      await start();
      await client();
      say(9);
    });
    assert.equal(series?.sequence, null);
    assert.ok(events.every((event) => event.kind !== 'sample' || event.sample.sequence === undefined));
  });
});
