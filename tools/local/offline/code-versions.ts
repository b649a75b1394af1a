import { waitFor } from '../cli/wait-for.ts';

export type CodeVersion = { stop(): void; inFlight(): number; close(): Promise<void> };

const key = Symbol.for('event-driven-registration.lifecycle');

/** @returns what is loaded in this process; each version adds itself */
function list(): CodeVersion[] {
  const holder = globalThis as unknown as Record<symbol, CodeVersion[] | undefined>;
  holder[key] ??= [];
  return holder[key];
}

export function loadedVersions(): CodeVersion[] {
  return [...list()];
}

/**
 * Ends versions of the code: their loops at once, their clients when nothing uses them any more.
 * @param options how long what is in hand may take
 */
export async function retire(versions: CodeVersion[], { waitMs }: { waitMs: number }) {
  for (const version of versions) version.stop();
  await waitFor(() => versions.every((version) => version.inFlight() === 0), { timeoutMs: waitMs, everyMs: 20 });
  await Promise.allSettled(versions.map((version) => version.close()));
  const all = list();
  for (const version of versions) {
    const index = all.indexOf(version);
    if (index >= 0) all.splice(index, 1);
  }
}
