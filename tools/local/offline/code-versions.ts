import { type CodeVersion, codeVersions } from '#shared/runtime/code-version.ts';
import { waitFor } from '../cli/wait-for.ts';

/** The versions of the code that are loaded in this process. */
export function loadedVersions(): CodeVersion[] {
  return [...codeVersions()];
}

/**
 * Ends versions of the code: their loops at once, their clients once no invocation is in flight.
 * @param options waitMs: the longest wait for invocations in flight
 */
export async function retire(versions: CodeVersion[], { waitMs }: { waitMs: number }): Promise<void> {
  for (const version of versions) version.stop();
  await waitFor(() => versions.every((version) => version.inFlight() === 0), { timeoutMs: waitMs, everyMs: 20 });
  await Promise.allSettled(versions.map((version) => version.close()));
  const all = codeVersions();
  all.splice(0, all.length, ...all.filter((version) => !versions.includes(version)));
}
