/** PENDING until the mail is accepted or permanently refused. */
export type DeliveryStatus = 'PENDING' | 'SENT' | 'FAILED';

/** One row of email_deliveries: the inbox entry of one event and the outcome of its mail. */
export interface Delivery {
  readonly uuid: string;
  /** null once the delivery is SENT or FAILED. */
  readonly userEmail: string | null;
  readonly generation: number;
  readonly status: DeliveryStatus;
  /** Refusals so far. */
  readonly attempts: number;
  /** Owners of the leases under which a send started whose outcome is not recorded, this claim's included. */
  readonly startedBy: readonly string[];
  /** Sends that the server did not answer. */
  readonly unknowns: number;
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

export interface Postponement {
  readonly ms: number;
  readonly reason: string;
  /** `refused` starts the time after which the delivery fails; `unknown` counts a send without an answer. */
  readonly why: 'refused' | 'unknown';
}

export interface Release {
  readonly ms: number;
  /** A start of the delivery has ended without a death. */
  readonly clearsStarts: boolean;
  /** How the server failed, if it did. */
  readonly reason?: string;
}

/** The outcome of a claim. Recording it twice has the effect of recording it once. */
export type Outcome =
  | { readonly kind: 'sent'; readonly claim: Claim }
  | { readonly kind: 'failed'; readonly claim: Claim; readonly reason: string }
  | { readonly kind: 'postponed'; readonly claim: Claim; readonly postponement: Postponement }
  | ({ readonly kind: 'released'; readonly claim: Pick<Claim, 'uuid' | 'leaseOwner'> } & Release);

/** The starts of processes that died: the claim's own start is not one of them. */
export function unfinishedStarts({ startedBy, leaseOwner }: Pick<Claim, 'startedBy' | 'leaseOwner'>): number {
  return startedBy.filter((owner) => owner !== leaseOwner).length;
}

/** After this many unfinished starts, the mail itself is assumed to kill the process. */
export const MAX_UNFINISHED_STARTS = 5;

/** After this many repetitions without an answer the delivery fails: each of its mails may have arrived. */
export const MAX_UNKNOWN_REPEATS = 3;

/** Far longer than Kafka's retention: an older, unknown event may have been mailed before. */
export const KEEP_DAYS = 90;

/** Caps the lease of functions with a longer timeout, so that rows are released soon after a process dies. */
export const LONGEST_CLAIM_MS = 20_000;

/** How much longer a lease lasts than the function that holds it. */
export const LEASE_MARGIN_MS = 5000;

/** What a process knows about deliveries and the database does not know yet. Lost when the process dies. */
export interface DeliveryMemory {
  /** Events whose 250 was seen but is not recorded yet: they are never sent again by this process. */
  readonly sent: Set<string>;
  /** Outcomes that could not be recorded in time. */
  readonly unrecorded: Outcome[];
  /** When the database failed last, on the monotonic clock. */
  databaseFailedAt: number;
}

export function newDeliveryMemory(): DeliveryMemory {
  return { sent: new Set(), unrecorded: [], databaseFailedAt: Number.NEGATIVE_INFINITY };
}

/** Releases claims whose statement failed, because it may have taken effect. */
export function releaseLater({ unrecorded }: DeliveryMemory, uuids: readonly string[], leaseOwner: string): void {
  for (const uuid of uuids)
    unrecorded.push({ kind: 'released', claim: { uuid, leaseOwner }, ms: 0, clearsStarts: false });
}
