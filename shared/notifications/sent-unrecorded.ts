function processWide(name: string): () => Set<string> {
  const key = Symbol.for(`event-driven-registration.${name}`);
  return () => {
    const holder = globalThis as unknown as Record<symbol, Set<string> | undefined>;
    const set = holder[key] ?? new Set<string>();
    holder[key] = set;
    return set;
  };
}

/**
 * Events whose 250 was seen but is not recorded yet. Process-wide, so that any function, of any loaded version of the code,
 * records such an event instead of sending it again.
 */
export const sentUnrecorded = processWide('sent-unrecorded');

/** Events among them whose recording failed; deliver-due retries it. */
export const sentUnrecordable = processWide('sent-unrecordable');

/** Removes events whose rows are SENT. */
export function sentRecorded(uuids: Iterable<string>): void {
  for (const uuid of uuids) {
    sentUnrecorded().delete(uuid);
    sentUnrecordable().delete(uuid);
  }
}
