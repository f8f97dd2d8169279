/** Resolves when the window has settled: a second in which no timer of 50 ms came more than 10 ms late. */
export async function quiet(): Promise<void> {
  for (let inTime = 0; inTime < 20; ) {
    const startedAt = performance.now();
    await new Promise((done) => setTimeout(done, 50));
    inTime = performance.now() - startedAt < 60 ? inTime + 1 : 0;
  }
}
