/** Results that may wait for an earlier one: what a slow probe holds up stays bounded. */
const MAX_WAITING = 64;

export interface InOrder<T> {
  readonly count: number;
  readonly concurrency: number;
  /** Asked before each: false starts no more. */
  readonly goesOn: () => boolean;
  readonly work: (index: number) => Promise<T>;
  /** Called one after the other, in the order of the indices. */
  readonly emit: (result: T) => Promise<void>;
}

/** Works on at most `concurrency` at a time, and hands the results on in order. Gives how many were started. */
export async function inOrder<T extends object>({
  count,
  concurrency,
  goesOn,
  work,
  emit,
}: InOrder<T>): Promise<number> {
  const waiting = new Map<number, T>();
  let next = 0;
  let emitted = 0;
  const state = { failed: false };
  let emitting = Promise.resolve();
  let wake = () => {};
  const moved = (): Promise<void> =>
    new Promise((resolve) => {
      const before = wake;
      wake = () => {
        before();
        resolve();
      };
    });

  const flush = (): Promise<void> => {
    emitting = emitting.then(async () => {
      for (let result = waiting.get(emitted); result !== undefined; result = waiting.get(emitted)) {
        waiting.delete(emitted);
        await emit(result);
        emitted += 1;
      }
      wake();
      wake = () => {};
    });
    return emitting;
  };
  const worker = async (): Promise<void> => {
    while (next < count && !state.failed && goesOn()) {
      if (next - emitted >= MAX_WAITING) {
        await moved();
        continue;
      }
      const index = next++;
      waiting.set(index, await work(index));
      await flush();
    }
  };
  const guarded = (): Promise<void> =>
    worker().catch((error: unknown) => {
      state.failed = true;
      wake();
      throw error;
    });
  const workers = await Promise.allSettled(Array.from({ length: Math.min(concurrency, count) }, guarded));
  for (const { reason } of workers.filter((each) => each.status === 'rejected')) throw reason;
  return next;
}
