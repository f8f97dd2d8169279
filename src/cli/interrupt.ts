import { setMaxListeners } from 'node:events';
import type { Io } from './io.js';

export interface Interrupt {
  readonly signal: AbortSignal;
  /** Stops listening. */
  end(): void;
}

/** The first SIGINT or SIGTERM aborts; the next one finds nobody listening and ends the process at once. */
export function onInterrupt(io: Io): Interrupt {
  const controller = new AbortController();
  // As many probes listen as run at once.
  setMaxListeners(0, controller.signal);
  const end = io.onSignal(() => {
    end();
    controller.abort();
  });
  return { signal: controller.signal, end };
}
