/**
 * Does a piece of work `count` times, so many of them at once.
 * @returns how many a second
 */
export async function perSecond(
  count: number,
  work: (index: number) => Promise<unknown>,
  concurrency: number = 16,
): Promise<number> {
  let next = 0;
  const worker = async () => {
    while (next < count) {
      next += 1;
      await work(next - 1);
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: concurrency }, worker));
  return (count / (performance.now() - started)) * 1000;
}
