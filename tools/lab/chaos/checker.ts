import type { Mail } from './journal.ts';

/**
 * What one client asked for and was told. status 0: no answer
 *
 * An event as its database has it.
 */
export type Registration = { email: string; status: number; traceId?: string };

export type StoredEvent = { uuid: string; email: string; state: string; reason: string | null };

export interface Evidence {
  registrations: readonly Registration[];
  /** the addresses that have a row */
  users: readonly string[];
  events: readonly StoredEvent[];
  /** of these registrations */
  mails: readonly Mail[];
  /** what says that two mails are one: the event in the Message-ID, or the recipient alone */
  identity: 'event' | 'recipient';
}

export interface Findings {
  /** answered 201 */
  accepted: number;
  /** committed although the client was not told so */
  unanswered: number;
  mails: number;
  /** mails beyond one for each event */
  duplicates: number;
  /** events whose mails do not all have the event's Message-ID */
  foreignIds: number;
  /** accepted or committed, and no mail */
  lost: number;
  /** events that are neither FINISHED nor FAILED */
  unfinished: number;
  /** events that are FAILED */
  failed: number;
  /** whatever else must not be, each with an example */
  problems: readonly string[];
}

function groupedBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups: Map<string, T[]> = new Map();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

function problem(what: string, found: readonly string[]) {
  return found.length === 0 ? [] : [`${found.length} ${what}, such as ${found[0]}`];
}

function traceIdOf(traceparent: string) {
  return traceparent.split('-')[1] ?? '';
}

/** Compares what clients were told with rows, events and mails. */
export function check({ registrations, users, events, mails, identity }: Evidence): Findings {
  const isByEvent = identity === 'event';
  const accepted = registrations.filter(({ status }) => status === 201).map(({ email }) => email);
  const stored = new Set(users);
  const eventsOf = groupedBy(events, ({ email }) => email);
  const mailsTo = groupedBy(mails, ({ to }) => to);
  const owed = new Set([...accepted, ...users]);
  const told = new Set(accepted);
  const traceOf = new Map(registrations.map(({ email, traceId }) => [email, traceId]));
  const isForeign = ([email, received]: [string, Mail[]]) => {
    const uuid = eventsOf.get(email)?.[0]?.uuid ?? '';
    return received.some(({ messageId }) => messageId.split('@')[0] !== uuid);
  };
  const isUntraced = ({ to, traceparent }: Mail) =>
    traceOf.get(to) !== undefined && traceIdOf(traceparent) !== traceOf.get(to);

  return {
    accepted: accepted.length,
    unanswered: users.filter((email) => !told.has(email)).length,
    mails: mails.length,
    duplicates: mails.length - mailsTo.size,
    foreignIds: isByEvent ? [...mailsTo].filter(isForeign).length : 0,
    lost: [...owed].filter((email) => !mailsTo.has(email)).length,
    unfinished: events.filter(({ state }) => state !== 'FINISHED' && state !== 'FAILED').length,
    failed: events.filter(({ state }) => state === 'FAILED').length,
    problems: [
      ...problem(
        'answered 201 without a user row',
        accepted.filter((email) => !stored.has(email)),
      ),
      ...problem(
        'users without an event',
        users.filter((email) => !eventsOf.has(email)),
      ),
      ...problem(
        'mails to nobody who is registered',
        [...mailsTo.keys()].filter((email) => !owed.has(email)),
      ),
      ...(isByEvent
        ? [
            ...problem(
              'events without a user',
              [...eventsOf.keys()].filter((email) => !stored.has(email)),
            ),
            ...problem(
              'users with several events',
              users.filter((email) => (eventsOf.get(email)?.length ?? 0) > 1),
            ),
            ...problem(
              'mails outside the trace of their request',
              mails.filter(isUntraced).map(({ to }) => to),
            ),
          ]
        : []),
    ],
  };
}

/** Whether nothing is under way any more. */
export function isSettled({ lost, unfinished }: Findings) {
  return lost === 0 && unfinished === 0;
}
