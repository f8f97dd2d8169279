import { deepStrictEqual, match, rejects, strictEqual } from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { JOBS } from '../../../src/core/jobs.js';
import type { MockJobEvent } from '../../../src/core/tap/mock/mockJob.js';
import { planFor } from '../../support/plan.js';
import { frameLine, header } from '../record/samples.js';
import { useTempFolder } from '../record/temp.js';

const never = new AbortController().signal;

describe('jobs of recordings', () => {
  const folder = useTempFolder();

  async function recording(): Promise<string> {
    const path = folder.path('talk.wsrec');
    const line = (index: number, direction: 'sent' | 'received', text: string) =>
      frameLine({ index, atMs: index, direction, masked: direction === 'sent', text, payloadBytes: text.length });
    const { schema: _, ...facts } = header;
    const second = { ...facts, type: 'connection', connection: 2, atMs: 5 };
    const ofSecond = (given: object) => ({ ...given, connection: 2 });
    const lines = [
      header,
      line(0, 'sent', 'hello'),
      line(1, 'received', 'world'),
      second,
      ofSecond(line(0, 'sent', 'hello')),
      ofSecond(line(1, 'received', 'world')),
    ];
    await writeFile(path, lines.map((each) => `${JSON.stringify(each)}\n`).join(''));
    return path;
  }

  it('mock a recording, and replay it to the mock', async () => {
    const file = await recording();
    let listens = (_url: string): void => undefined;
    const url = new Promise<string>((resolve) => (listens = resolve));
    const events: MockJobEvent[] = [];
    const emit = (event: MockJobEvent) => {
      events.push(event);
      if (event.kind === 'listening') listens(event.url);
    };
    const mock = await JOBS.mock.start({ file, port: 0 }, emit, never);
    const plan = planFor(await url);
    const vantage = { host: 'here', remote: null };
    const params = { plan, vantage, file, connection: null, pace: 'reply', ignore: [] } as const;
    const { done } = await JOBS.replay.start(params, () => {}, never);
    const { differences, recording: name, same } = await done;
    deepStrictEqual([name, same, differences], ['talk.wsrec', true, []]);
    const { connection: _, ...each } = params;
    const all = await JOBS['replay.each'].start(each, () => {}, never);
    deepStrictEqual(
      (await all.done).map(({ connection, same: isSame }) => [connection, isSame]),
      [
        [1, true],
        [2, true],
      ],
    );
    const stopped = await JOBS['replay.each'].start(each, () => {}, AbortSignal.abort());
    deepStrictEqual(await stopped.done, []);
    const listed = await JOBS['replay.connections'].start({ file }, () => {}, never);
    deepStrictEqual(
      (await listed.done).map(({ connection, messages }) => [connection, messages]),
      [
        [1, 2],
        [2, 2],
      ],
    );
    strictEqual(await mock.acts.stop(), null);
    match(events.map(({ kind }) => kind).join(), /^listening,connected,answered/);
    const none = await JOBS.replay.start({ ...params, connection: 9 }, () => {}, never);
    await rejects(none.done, { code: 'replay.connection' });
  });

  it('mock a plan, until the signal ends it', async () => {
    const ending = new AbortController();
    const plan = planFor('ws://localhost:1/', { message: { send: 'ping', expect: 'echo', samples: 1 } });
    const emit = ({ kind }: MockJobEvent) => {
      if (kind === 'listening') ending.abort();
    };
    const job = await JOBS['mock.profile'].start({ plan, port: 0 }, emit, ending.signal);
    strictEqual(await job.done, null);
  });

  it('reject where there is no such file', async () => {
    const { done } = await JOBS.mock.start({ file: folder.path('none.wsrec'), port: 0 }, () => {}, never);
    await rejects(done, { code: 'recording-open' });
  });
});
