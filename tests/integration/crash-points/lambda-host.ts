// A process that runs built handlers one call after the other, as Lambda does: told over IPC what to invoke.
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';

export type Call = { id: number; file: string; event: unknown; timeoutMs: number };

process.on('message', async ({ id, file, event, timeoutMs }: Call) => {
  const endsAt = performance.now() + timeoutMs;
  try {
    const { handler } = await import(pathToFileURL(file).href);
    const value = await handler(event, { getRemainingTimeInMillis: () => endsAt - performance.now() });
    process.send?.({ id, value });
  } catch (error) {
    process.send?.({ id, error: error instanceof Error ? error.message : String(error) });
  }
});

process.on('disconnect', () => process.exit());
