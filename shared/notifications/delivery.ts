/** PENDING until the mail is accepted or permanently refused. */
export type DeliveryStatus = 'PENDING' | 'SENT' | 'FAILED';

/** One row of email_deliveries: the inbox entry of one event and the outcome of its mail. */
export interface Delivery {
  readonly uuid: string;
  /** null once the delivery is settled. */
  readonly userEmail: string | null;
  readonly generation: number;
  readonly status: DeliveryStatus;
  /** Refusals so far. */
  readonly attempts: number;
  /** Sends that started but did not finish because the process died. */
  readonly unfinishedStarts: number;
  readonly refusedSince: Date | null;
  readonly reason: string | null;
  readonly traceparent: string | null;
  readonly sourcePartition: number;
  readonly sourceOffset: number;
  readonly eventAddedAt: Date;
  readonly sentAt: Date | null;
}

/** A delivery that this process may send until its lease ends. */
export interface Claim extends Delivery {
  readonly userEmail: string;
  /** On this process's monotonic clock (performance.now, in ms). */
  readonly leaseEndsAt: number;
  readonly leaseOwner: string;
}

/** After this many unfinished starts, the mail itself is assumed to kill the process. */
export const MAX_UNFINISHED_STARTS = 5;

/** Far longer than Kafka's retention: an older, unknown event may have been mailed before. */
export const KEEP_DAYS = 90;

/** Caps the lease of functions with a longer timeout, so that rows are released soon after a process dies. */
export const LONGEST_CLAIM_MS = 20_000;

/** How much longer a lease lasts than the function that holds it. */
export const LEASE_MARGIN_MS = 5000;
