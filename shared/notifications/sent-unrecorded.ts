import { processWide } from '#shared/runtime/process-wide.ts';

/**
 * Events whose 250 was seen but is not recorded yet. Process-wide, so that any function, of any loaded version of the code,
 * records such an event instead of sending it again.
 */
export const sentUnrecorded = processWide('sent-unrecorded', () => new Set<string>());

/** Events among them whose recording failed; deliver-due retries it. */
export const sentUnrecordable = processWide('sent-unrecordable', () => new Set<string>());

/** Removes events whose rows are SENT. */
export function sentRecorded(uuids: Iterable<string>): void {
  for (const uuid of uuids) {
    sentUnrecorded.delete(uuid);
    sentUnrecordable.delete(uuid);
  }
}
