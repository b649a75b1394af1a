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
/** What is under way gets this long when nobody else looks after the signal (`sls invoke local`). */
const GRACE_MS = 3000;

// One listener for all versions that are ever loaded.
for (const signal of isFirst ? (['SIGTERM', 'SIGINT'] as const) : []) {
  process.once(signal, () => {
    for (const loaded of codeVersions()) loaded.stop();
    if (process.listenerCount(signal) > 0) return;
    // Listening has switched off that the signal ends the process.
    setTimeout(() => process.kill(process.pid, signal), GRACE_MS).unref();
  });
}

/** Aborted once this version of the code is asked to end. */
export const stopSignal: AbortSignal = stopping.signal;

/** Registers how a client is closed; the same name replaces the earlier entry. */
export function onClose(name: string, close: () => Promise<void>): void {
  closers.set(name, close);
}

/** Runs one invocation and counts it as in flight until it settles. */
export async function tracked<T>(run: () => Promise<T>): Promise<T> {
  inFlight += 1;
  try {
    return await run();
  } finally {
    inFlight -= 1;
  }
}
