import type { Outcome } from './delivery.ts';

/** What a process knows about deliveries and the database does not know yet. Lost when the process dies. */
export interface DeliveryMemory {
  /** Events whose 250 was seen but is not recorded yet: they are never sent again by this process. */
  readonly sent: Set<string>;
  /** Outcomes that could not be recorded in time. */
  readonly unrecorded: Outcome[];
  /** When the database failed last, on the monotonic clock. */
  databaseFailedAt: number;
  /** Mails accepted so far. */
  accepted: number;
  /** How many mails had been accepted when the server failed for this event. */
  readonly failedAt: Map<string, number>;
}

export function newDeliveryMemory(): DeliveryMemory {
  return {
    sent: new Set(),
    unrecorded: [],
    databaseFailedAt: Number.NEGATIVE_INFINITY,
    accepted: 0,
    failedAt: new Map(),
  };
}
