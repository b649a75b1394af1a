import { type Excuse, mayRepeat } from '../faults/excuses.ts';
import type { Mail } from '../systems/mail-journal.ts';
import type { StoredEvent } from '../systems/records.ts';

/** What one client requested and was answered. status 0: no answer */
export type Registration = { email: string; status: number; traceId?: string };

export interface Evidence {
  registrations: readonly Registration[];
  /** the addresses that have a row */
  users: readonly string[];
  events: readonly StoredEvent[];
  /** of these registrations, in the order of their arrival */
  mails: readonly Mail[];
  /** when an answer of the mail server could be lost */
  excuses: readonly Excuse[];
  /** what makes two mails the same: the event in the Message-ID, or the recipient alone */
  identity: 'event' | 'recipient';
}

export type Findings = ReturnType<typeof check>;

function groupedBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups: Map<string, T[]> = new Map();
  for (const item of items) {
    const group = groups.get(keyOf(item)) ?? [];
    groups.set(keyOf(item), group);
    group.push(item);
  }
  return groups;
}

function traceIdOf(traceparent: string) {
  return traceparent.split('-')[1] ?? '';
}

/** Compares what clients were answered with rows, events and mails. */
export function check({ registrations, users, events, mails, excuses, identity }: Evidence) {
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
    const [first] = received;
    return received.some(({ messageId }) => messageId.split('@')[0] !== uuid || messageId !== first?.messageId);
  };
  const isUntraced = ({ to, traceparent }: Mail) =>
    traceOf.get(to) !== undefined && traceIdOf(traceparent) !== traceOf.get(to);

  const problems = {
    'answered 201 without a user row': accepted.filter((email) => !stored.has(email)),
    'users without an event': users.filter((email) => !eventsOf.has(email)),
    'mails to nobody who is registered': [...mailsTo.keys()].filter((email) => !owed.has(email)),
  };
  const problemsByEvent = {
    'events without a user': [...eventsOf.keys()].filter((email) => !stored.has(email)),
    'users with several events': users.filter((email) => (eventsOf.get(email)?.length ?? 0) > 1),
    'mails outside the trace of their request': mails.filter(isUntraced).map(({ to }) => to),
  };
  return {
    /** answered 201 */
    accepted: accepted.length,
    /** committed although the client received no 201 */
    unanswered: users.filter((email) => !told.has(email)).length,
    mails: mails.length,
    /** mails beyond one for each event */
    duplicates: mails.length - mailsTo.size,
    /** mails after one whose answer could not be lost: guarantee 2 allows none */
    unexcused: [...mailsTo.values()]
      .flatMap((received) => received.slice(0, -1))
      .filter((mail) => !mayRepeat(mail, excuses)).length,
    /** events whose mails do not all have the event's Message-ID */
    foreignIds: isByEvent ? [...mailsTo].filter(isForeign).length : 0,
    /** accepted or committed, and no mail */
    lost: [...owed].filter((email) => !mailsTo.has(email)).length,
    /** events that are neither FINISHED nor FAILED */
    unfinished: events.filter(({ state }) => state !== 'FINISHED' && state !== 'FAILED').length,
    failed: events.filter(({ state }) => state === 'FAILED').length,
    /** everything else that must not be, each with an example */
    problems: Object.entries({ ...problems, ...(isByEvent ? problemsByEvent : {}) })
      .filter(([, found]) => found.length > 0)
      .map(([what, found]) => `${found.length} ${what}, such as ${found[0]}`),
  };
}

/** Whether nothing is under way any more. */
export function isSettled({ lost, unfinished }: Pick<Findings, 'lost' | 'unfinished'>) {
  return lost === 0 && unfinished === 0;
}
