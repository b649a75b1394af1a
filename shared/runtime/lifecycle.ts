/**
 * What one loaded version of the code holds open, and the invocations it has under way. Locally several versions live in
 * one process (hot reload): whoever swaps them finds them in a process-wide list, stops the old one, waits until nothing is
 * in flight and closes it.
 */
export interface CodeVersion {
  /** Ends loops that would otherwise run until shortly before their function's timeout. */
  stop(): void;
  inFlight(): number;
  /** Closes every client; the version may be used again afterwards and then connects anew. */
  close(): Promise<void>;
}

const VERSIONS = Symbol.for('event-driven-registration.lifecycle');

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

function versions(): CodeVersion[] {
  const holder = globalThis as unknown as Record<symbol, CodeVersion[] | undefined>;
  const list = holder[VERSIONS] ?? [];
  holder[VERSIONS] = list;
  return list;
}

const isFirst = versions().length === 0;
versions().push(version);
/** What is under way gets this long when nobody else looks after the signal (`sls invoke local`). */
const GRACE_MS = 3000;

// One listener for all versions that are ever loaded.
for (const signal of isFirst ? (['SIGTERM', 'SIGINT'] as const) : []) {
  process.once(signal, () => {
    for (const loaded of versions()) loaded.stop();
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
