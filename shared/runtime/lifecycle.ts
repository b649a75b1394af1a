import { type CodeVersion, codeVersions } from './code-version.ts';

const stopping = new AbortController();
const closers = new Map<string, () => Promise<void>>();
let inFlight = 0;

const version: CodeVersion = {
  stop: () => stopping.abort(),
  inFlight: () => inFlight,
  close: async () => {
    const open = [...closers.values()];
    closers.clear();
    await Promise.allSettled(open.map((close) => close()));
  },
};

const isFirst = codeVersions().length === 0;
codeVersions().push(version);
/** Time for running invocations when no other listener handles the signal (`sls invoke local`). */
const GRACE_MS = 3000;

// One listener for all loaded versions.
for (const signal of isFirst ? (['SIGTERM', 'SIGINT'] as const) : []) {
  process.once(signal, () => {
    for (const loaded of codeVersions()) loaded.stop();
    if (process.listenerCount(signal) > 0) return;
    // A listener disables the default action, so the process must be ended explicitly.
    setTimeout(() => process.kill(process.pid, signal), GRACE_MS).unref();
  });
}

/** Aborted when this version of the code is asked to stop. */
export const stopSignal: AbortSignal = stopping.signal;

/** Registers a close function; the same name replaces the earlier one. */
export function onClose(name: string, close: () => Promise<void>): void {
  closers.set(name, close);
}

/** Counts an invocation as in flight until it settles. */
export async function tracked<T>(run: () => Promise<T>): Promise<T> {
  inFlight += 1;
  try {
    return await run();
  } finally {
    inFlight -= 1;
  }
}
