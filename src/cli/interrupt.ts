import type { Io } from './io.js';

export interface Interrupt {
  readonly signal: AbortSignal;
  /** Stops listening. */
  end(): void;
}

/** The first SIGINT or SIGTERM aborts; the next one finds nobody listening and ends the process at once. */
export function onInterrupt(io: Io): Interrupt {
  const controller = new AbortController();
  const end = io.onSignal(() => {
    end();
    controller.abort();
  });
  return { signal: controller.signal, end };
}
