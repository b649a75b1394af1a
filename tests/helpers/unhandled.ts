/** Collects what nobody caught; on a real process each of these would end it. */
export function watchUnhandled(): { readonly seen: unknown[]; stop(): void } {
  const seen: unknown[] = [];
  const keep = (error: unknown): void => {
    seen.push(error);
  };
  process.on('unhandledRejection', keep);
  process.on('uncaughtException', keep);
  return {
    seen,
    stop() {
      process.off('unhandledRejection', keep);
      process.off('uncaughtException', keep);
    },
  };
}

/** What a call came to, and how long it took. */
export async function timed<T>(run: () => Promise<T>) {
  const started = performance.now();
  const [answer] = await Promise.allSettled([run()]);
  return { answer, ms: performance.now() - started };
}
