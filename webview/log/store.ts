import { useEffect, useReducer, useRef } from 'preact/hooks';

/** Tells its listeners that something about it has changed. */
export class Store {
  readonly #listeners = new Set<() => void>();

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  protected changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** Renders the component anew, at most once a frame, when what it reads of the store has changed. */
export function useStore(store: Store, read: () => readonly unknown[]): void {
  const [, render] = useReducer((count: number) => count + 1, 0);
  const reader = useRef(read);
  const seen = useRef<readonly unknown[]>([]);
  reader.current = read;
  seen.current = read();
  useEffect(() => {
    let frame = 0;
    const look = () => {
      frame = 0;
      const now = reader.current();
      if (now.some((value, index) => !Object.is(value, seen.current[index]))) render(undefined);
    };
    const stop = store.subscribe(() => {
      frame ||= requestAnimationFrame(look);
    });
    // What changed between the first rendering and now.
    look();
    return () => {
      cancelAnimationFrame(frame);
      stop();
    };
  }, [store]);
}
