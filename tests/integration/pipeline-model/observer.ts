import type { EventRow } from '#shared/outbox/outbox-repository.ts';
import type { StoredDelivery } from '#tests/helpers/deliveries.ts';
import type { Surroundings } from './process.ts';
import type { MailAttempt, TakenMail } from './simulated-mail.ts';
import type { Life } from './simulation.ts';

/** Faults so far that may excuse a repetition or a failure. */
export interface Faults {
  /** Crashes, lost databases, and other causes of repeated work. */
  repetitions: number;
  /** Crashes and expired leases: a started attempt without a result. */
  unfinishedStarts: number;
}

interface Seen {
  readonly state: EventRow['event_state'];
  readonly generation: number;
  /** The number of send attempts when this generation began. */
  readonly attemptsBefore: number;
}

/** The reason in a dead letter of another producer. */
export const FOREIGN = 'given up by somebody else';

type Observed = Pick<Surroundings, 'simulation' | 'users' | 'notifications' | 'kafka'>;

const HOUR_MS = 60 * 60 * 1000;
const RETRY_MS = 48 * HOUR_MS;
const MAX_STARTS = 5;
const MAX_UNKNOWN_REPEATS = 3;
/** An invocation with less time left may leave a sent mail unrecorded. */
const RECORD_MS = 2000;

function isAllowed(before: Seen, after: EventRow): boolean {
  const { event_state: state, generation } = after;
  if (before.state === state) return generation === before.generation;
  if (before.state === 'FINISHED') return false;
  if (before.state === 'FAILED' && state === 'PROCESSING') return generation === before.generation + 1;
  return generation === before.generation;
}

/** Watches the tables and mails, and records every violated guarantee. */
export function startObserver(
  { simulation, users, notifications, kafka }: Observed,
  isUnderWay: (life: Life) => boolean,
) {
  const violations: string[] = [];
  const seen = new Map<string, Seen>();
  /** Events that another producer dead-lettered while they were in progress. */
  const foreign = new Set<string>();
  /** Events that another producer requested with a generation that no operator has reached. */
  const raised = new Set<string>();
  const taken: TakenMail[] = [];
  const attempts: MailAttempt[] = [];
  /** Deliveries that were FAILED at some time. */
  const failedDeliveries = new Set<string>();
  /** Processes whose invocation returned with time left, since the last look. */
  const returnedEarly = new Set<Life>();
  /** Processes in which a call ran out of time: calls that began before its end need not record what it left. */
  const returnedLate = new Set<Life>();
  const faults: Faults = { repetitions: 0, unfinishedStarts: 0 };

  const deliveries = (): Promise<StoredDelivery[]> => notifications.db('email_deliveries').orderBy('id');
  const events = (): Promise<EventRow[]> => users.db('outbox_events').orderBy('id');

  /** The 250 was lost, or its receiver died or froze past its lease. `ended` reports a receiver that gave up early. */
  const isExcused = (mail: TakenMail, sender: Life): boolean => {
    if (mail.wasRecordedInTime) return false;
    if (mail.wasLost || mail.life.isDead) return true;
    const knowsIt = mail.wasSeen && mail.life === sender;
    return !knowsIt && mail.leaseEndsAt < simulation.nowMs();
  };

  /** Why the event's last failure violates a guarantee; undefined if it does not. */
  const wrongFailure = ({ uuid, reason }: EventRow, { attemptsBefore }: Seen): string | undefined => {
    // A delivery that another producer has reopened may be mid-attempt when an operator retries the event.
    const own = attempts.slice(raised.has(uuid) ? 0 : attemptsBefore).filter((attempt) => attempt.uuid === uuid);
    const why = reason ?? '';
    if (why === FOREIGN) return foreign.has(uuid) ? undefined : 'nobody gave it up';
    if (why.includes('550')) {
      return own.some(({ answer }) => answer === 'unknown user') ? undefined : 'nobody refused it for good';
    }
    if (why.includes('may have arrived')) {
      const unknown = own.filter(({ answer }) => answer === 'silent').length;
      return unknown > MAX_UNKNOWN_REPEATS ? undefined : `only ${unknown} sends got no answer`;
    }
    if (why.includes('451') || why.includes('closed')) {
      const first = own.find(({ answer }) => answer === 'greylisted' || answer === 'dropped');
      const isLong = first !== undefined && simulation.elapsedMs() - first.atMs >= RETRY_MS;
      return isLong ? undefined : 'it was refused for less than 48 h';
    }
    if (why.startsWith('Started')) {
      return faults.unfinishedStarts >= MAX_STARTS - 1 ? undefined : 'it killed no process';
    }
    return `the reason is "${why}"`;
  };

  const lookAtEvent = (row: EventRow): void => {
    const { uuid, event_state: state, generation } = row;
    const before = seen.get(uuid) ?? { state: 'PROCESSING', generation: 0, attemptsBefore: 0 };
    if (!isAllowed(before, row)) {
      violations.push(`${uuid}: ${before.state} ${before.generation} became ${state} ${generation}`);
    }
    const isNew = generation !== before.generation;
    const now = { state, generation, attemptsBefore: isNew ? attempts.length : before.attemptsBefore };
    seen.set(uuid, now);
    if (state === 'FINISHED' && !taken.some((mail) => mail.uuid === uuid)) {
      violations.push(`${uuid}: FINISHED without a mail`);
    }
    if (
      state === 'PROCESSING' &&
      row.published_at !== null &&
      !kafka.generationsOf('user.email.send', uuid).includes(generation)
    ) {
      violations.push(`${uuid}: marked as published before generation ${generation} was`);
    }
    if (state !== 'FAILED' || before.state === 'FAILED') return;
    const wrong = wrongFailure(row, now);
    if (wrong !== undefined) violations.push(`${uuid}: FAILED, but ${wrong}`);
  };

  const lookAtDelivery = (row: StoredDelivery): void => {
    const { uuid, status, next_attempt_at: dueAt } = row;
    if (status === 'FAILED') failedDeliveries.add(uuid);
    const hasEnded = status !== 'PENDING';
    if (hasEnded !== (row.settled_at !== null)) violations.push(`${uuid}: ${status} is settled at ${row.settled_at}`);
    // An ended row keeps its address while it is due, that is until its result is published. One that becomes SENT after its
    // failure was published has none.
    const mayLackAddress = status === 'SENT' && failedDeliveries.has(uuid);
    if (row.user_email === null ? dueAt !== null && !mayLackAddress : dueAt === null)
      violations.push(`${uuid}: ${status} has the address ${row.user_email}`);
    if (!hasEnded && dueAt === null) violations.push(`${uuid}: PENDING is never due`);
  };

  return {
    violations,
    faults,
    foreign,
    raised,
    taken,
    attempts,
    events,
    deliveries,
    failedDeliveries,

    /** Called when an invocation has returned; one that throws is repeated. */
    returned(life: Life, remainingMs: number): void {
      (remainingMs > RECORD_MS ? returnedEarly : returnedLate).add(life);
    },

    /** Called before a mail is accepted. Returns the end of its lease according to the database. */
    async beforeTaking(uuid: string, sender: Life): Promise<number> {
      const row: StoredDelivery | undefined = await notifications.db('email_deliveries').where({ uuid }).first();
      const leaseEndsAt = row?.next_attempt_at?.getTime() ?? 0;
      for (const earlier of taken.filter((mail) => mail.uuid === uuid)) {
        if (!isExcused(earlier, sender)) violations.push(`${uuid}: mailed again by ${sender.name} without an excuse`);
      }
      // A process whose lease expired may have recorded SENT in the meantime.
      const isHeld = row?.status === 'SENT' || (row?.status === 'PENDING' && leaseEndsAt >= simulation.nowMs());
      if (!isHeld) violations.push(`${uuid}: mailed by ${sender.name} without a lease`);
      return leaseEndsAt;
    },

    /** Checks everything; call it after each resumption. */
    async look(): Promise<void> {
      const [allDeliveries, allEvents] = await Promise.all([deliveries(), events()]);
      const sent = new Set(allDeliveries.filter(({ status }) => status === 'SENT').map(({ uuid }) => uuid));
      for (const mail of taken) {
        if (sent.has(mail.uuid) && mail.leaseEndsAt >= simulation.nowMs()) mail.wasRecordedInTime = true;
      }
      for (const { uuid, life, wasSeen } of taken) {
        const hadTime = returnedEarly.has(life) && !returnedLate.has(life);
        if (wasSeen && hadTime && !life.isDead && !isUnderWay(life) && !sent.has(uuid))
          violations.push(`${uuid}: ${life.name} returned without recording its mail`);
      }
      returnedEarly.clear();
      for (const life of returnedLate) if (!isUnderWay(life)) returnedLate.delete(life);
      for (const row of allEvents) lookAtEvent(row);
      for (const row of allDeliveries) lookAtDelivery(row);
    },

    /** Checks that the event of every ended delivery has ended. */
    async expectHealed(): Promise<void> {
      const ended = new Map((await deliveries()).map(({ uuid, status }) => [uuid, status]));
      for (const { uuid, event_state: state } of await events()) {
        const status = ended.get(uuid);
        if (state === 'PROCESSING' && status !== undefined && status !== 'PENDING')
          violations.push(`${uuid}: ${status}, but the event is still PROCESSING 30 s later`);
      }
    },

    /** Whether an operator's last retry of the event led to another attempt. */
    wasTriedSince: (uuid: string): boolean =>
      attempts.slice(seen.get(uuid)?.attemptsBefore ?? 0).some((attempt) => attempt.uuid === uuid),
  };
}

export type Observer = ReturnType<typeof startObserver>;
