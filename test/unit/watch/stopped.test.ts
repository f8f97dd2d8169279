import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { type Playground, startPlayground } from '../../../src/core/playground/index.js';
import type { WatchEvent } from '../../../src/core/watch/watch.js';

/** Longer than the child's own limits, so that each of them is over when it goes on. */
const STOPPED_MS = 1_500;

describe('a watch whose process is stopped', function () {
  if (process.platform === 'win32') return;
  let playground: Playground;
  let child: ChildProcess | null = null;
  before(async () => {
    playground = await startPlayground({ port: 0 });
  });
  afterEach(() => child?.kill('SIGKILL'));
  after(() => playground.stop());

  for (const kind of ['probe', 'held'] as const) {
    it(`names a pause, and nobody is down for it (${kind})`, async () => {
      const running = fork(new URL('./watchChild.ts', import.meta.url), [kind, `${playground.ws}/slow-echo?ms=1`], {
        execArgv: ['--import', 'tsx'],
      });
      child = running;
      const events: WatchEvent[] = [];
      const until = (done: () => boolean) =>
        new Promise<void>((resolve) => {
          const look = (event: WatchEvent) => {
            events.push(event);
            if (!done()) return;
            running.off('message', look);
            resolve();
          };
          running.on('message', look);
        });
      const samples = () => events.flatMap((event) => (event.kind === 'sample' ? [event.sample] : []));
      await until(() => samples().length >= 3);
      events.length = 0;
      running.kill('SIGSTOP');
      await new Promise((resolve) => setTimeout(resolve, STOPPED_MS));
      running.kill('SIGCONT');
      const pausedAt = () => samples().findIndex(({ kind: each }) => each === 'pause');
      await until(() => pausedAt() >= 0 && samples().length > pausedAt() + 5);
      const pause = samples()[pausedAt()];
      assert.ok((pause?.pausedMs ?? 0) > 300, `${pause?.pausedMs}`);
      assert.deepEqual(
        samples().filter(({ verdict }) => verdict === 'down'),
        [],
      );
      assert.deepEqual(
        events.filter(({ kind: each }) => each === 'alert'),
        [],
      );
    });
  }
});
