/** Resolves once the signal aborts; at once where it has. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** A job that ends when `signal` aborts or `stop` is called, which gives its result. */
export function stoppable<T>(run: (until: AbortSignal) => Promise<T>, signal: AbortSignal) {
  const stopping = new AbortController();
  const done = run(AbortSignal.any([signal, stopping.signal]));
  const stop = (): Promise<T> => {
    stopping.abort();
    return done;
  };
  return { acts: { stop }, done };
}
