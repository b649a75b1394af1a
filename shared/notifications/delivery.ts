/** PENDING until its mail was taken or refused for good. */
export type DeliveryStatus = 'PENDING' | 'SENT' | 'FAILED';

/** One row of email_deliveries: the inbox entry of one event, and what became of its mail. */
export interface Delivery {
  readonly uuid: string;
  /** null once the delivery is settled. */
  readonly userEmail: string | null;
  readonly generation: number;
  readonly status: DeliveryStatus;
  /** Refusals so far. */
  readonly attempts: number;
  /** How often sending was started and then never heard of again: the process died. */
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
  /** The end of the lease on this process's monotonic clock (performance.now, in ms). */
  readonly leaseEndsAt: number;
  readonly leaseOwner: string;
}

/** A process that dies this often while it sends one mail is killed by that mail. */
export const MAX_UNFINISHED_STARTS = 5;

/** Rows outlive Kafka's retention by far; an event that is older and unknown may have been mailed long ago. */
export const KEEP_DAYS = 90;

/**
 * A function that runs for longer claims for no longer than this: what it has not begun by then it gives back, and what it had
 * when it died is free again soon.
 */
export const LONGEST_CLAIM_MS = 20_000;

/** A lease outlives the function that holds it by this much. */
export const LEASE_MARGIN_MS = 5000;
