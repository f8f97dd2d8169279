import type { Page } from 'playwright-core';
import { Harness } from './harness.js';

/** By entry: all files of a run share one, for a browser that starts costs as much as a dozen tests. */
const started = new Map<string, Promise<Harness>>();

after(async () => {
  for (const harness of started.values()) await (await harness.catch(() => null))?.stop();
});

interface HarnessUse extends Pick<Harness, 'open' | 'close'> {
  /** From a hook: a page that its tests use one after the other. */
  readonly openForAll: Harness['open'];
}

/** Pages for the tests of the suite that asks: started before them, and closed after each. */
export function useHarness(entry = 'webview/inspector.tsx'): HarnessUse {
  let harness: Harness;
  const opened = new Set<Page>();
  const lasting: Page[] = [];

  before(async () => {
    const shared = started.get(entry) ?? Harness.start({ entry });
    started.set(entry, shared);
    harness = await shared;
  });
  afterEach(async () => {
    for (const page of opened) await harness.close(page);
    opened.clear();
  });
  after(async () => {
    for (const page of lasting) await harness.close(page);
  });

  return {
    async open(...state) {
      const page = await harness.open(...state);
      opened.add(page);
      return page;
    },
    async openForAll(...state) {
      const page = await harness.open(...state);
      lasting.push(page);
      return page;
    },
    close: (page) => harness.close(page),
  };
}
