/** Collects unhandled errors; each would end a real process. */
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

/** A call's outcome and duration. */
export async function timed<T>(run: () => Promise<T>) {
  const started = performance.now();
  const [answer] = await Promise.allSettled([run()]);
  return { answer, ms: performance.now() - started };
}
