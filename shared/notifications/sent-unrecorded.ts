const SENT = Symbol.for('event-driven-registration.sent-unrecorded');

/**
 * Events whose 250 was seen but could not yet be recorded. Process-wide, so that whichever function meets such an event next,
 * of whichever loaded version of the code, records it instead of sending it again.
 */
export const sentUnrecorded = (): Set<string> => {
  const holder = globalThis as unknown as Record<symbol, Set<string> | undefined>;
  const set = holder[SENT] ?? new Set<string>();
  holder[SENT] = set;
  return set;
};
