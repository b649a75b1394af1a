/**
 * What one client asked for and was told.
 * @typedef {{ email: string, status: number, traceId?: string }} Registration status 0: no answer
 *
 * An event as its database has it.
 * @typedef {{ uuid: string, email: string, state: string, reason: string | null }} StoredEvent
 *
 * @typedef {object} Evidence
 * @property {readonly Registration[]} registrations
 * @property {readonly string[]} users the addresses that have a row
 * @property {readonly StoredEvent[]} events
 * @property {readonly import('./journal.mjs').Mail[]} mails of these registrations
 * @property {'event' | 'recipient'} identity what says that two mails are one: the event in the Message-ID, or the recipient alone
 *
 * @typedef {object} Findings
 * @property {number} accepted answered 201
 * @property {number} unanswered committed although the client was not told so
 * @property {number} mails
 * @property {number} duplicates mails beyond one for each event
 * @property {number} foreignIds events whose mails do not all have the event's Message-ID
 * @property {number} lost accepted or committed, and no mail
 * @property {number} unfinished events that are neither FINISHED nor FAILED
 * @property {number} failed events that are FAILED
 * @property {readonly string[]} problems whatever else must not be, each with an example
 */

/**
 * @template T
 * @param {readonly T[]} items
 * @param {(item: T) => string} keyOf
 * @returns {Map<string, T[]>}
 */
const groupedBy = (items, keyOf) => {
  /** @type {Map<string, T[]>} */
  const groups = new Map();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
};

/**
 * @param {string} what
 * @param {readonly string[]} found
 */
const problem = (what, found) => (found.length === 0 ? [] : [`${found.length} ${what}, such as ${found[0]}`]);

/** @param {string} traceparent */
const traceIdOf = (traceparent) => traceparent.split('-')[1] ?? '';

/**
 * Compares what clients were told with rows, events and mails.
 * @param {Evidence} evidence
 * @returns {Findings}
 */
export const check = ({ registrations, users, events, mails, identity }) => {
  const isByEvent = identity === 'event';
  const accepted = registrations.filter(({ status }) => status === 201).map(({ email }) => email);
  const stored = new Set(users);
  const eventsOf = groupedBy(events, ({ email }) => email);
  const mailsTo = groupedBy(mails, ({ to }) => to);
  const owed = new Set([...accepted, ...users]);
  const told = new Set(accepted);
  const traceOf = new Map(registrations.map(({ email, traceId }) => [email, traceId]));
  const isForeign = (/** @type {[string, import('./journal.mjs').Mail[]]} */ [email, received]) => {
    const uuid = eventsOf.get(email)?.[0]?.uuid ?? '';
    return received.some(({ messageId }) => messageId.split('@')[0] !== uuid);
  };
  const isUntraced = (/** @type {import('./journal.mjs').Mail} */ { to, traceparent }) =>
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
};

/**
 * Whether nothing is under way any more.
 * @param {Findings} findings
 */
export const isSettled = ({ lost, unfinished }) => lost === 0 && unfinished === 0;
