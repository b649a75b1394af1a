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
 * Events whose 250 was seen but is not recorded yet. Process-wide, so that whichever function meets such an event next, of
 * whichever loaded version of the code, records it instead of sending it again.
 */
export const sentUnrecorded = processWide('sent-unrecorded');

/** Those of them that could not be recorded when it was tried: deliver-due tries again. */
export const sentUnrecordable = processWide('sent-unrecordable');

/** Their rows say SENT. */
export function sentRecorded(uuids: Iterable<string>): void {
  for (const uuid of uuids) {
    sentUnrecorded().delete(uuid);
    sentUnrecordable().delete(uuid);
  }
}
