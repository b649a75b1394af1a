import { EFFECTS, type Effect } from '#shared/runtime/effects.ts';

interface Recovery {
  /** Who does the work when the process dies right before the effect. */
  readonly before: string;
  /** What remains when the process dies right after it, and who continues. */
  readonly after: string;
  /** Accepted mails in the end: before, after. */
  readonly mails?: string;
}

const REPEATED = '**2, same Message-ID**';
const REDELIVERED = 'Kafka redelivers the batch';
const STAYS_DUE = 'the row stays due: deliver-due publishes its result after the lease';
const AFTER_LEASE = 'deliver-due after the lease; the redelivered batch skips the row';

const RECOVERY: Readonly<Record<Effect, Recovery>> = {
  'register user': {
    before: 'the client, who got no 201, may register again',
    after: 'a row, leased for 5 s: the relay',
    mails: '0, 1',
  },
  'publish event': { before: 'the relay after 5 s', after: 'a message, not marked: its consumer', mails: '1, 1' },
  'mark event published': {
    before: 'the consumer of the message',
    after: 'the consumer of the message',
    mails: '1, 1',
  },

  'lease due events': {
    before: 'another relay at once',
    after: 'rows leased for 20 s: a relay after that',
    mails: '1, 1',
  },
  'relay events': { before: 'a relay after 20 s', after: 'messages, not marked: their consumer', mails: '1, 1' },
  'release events': { before: 'a relay after 20 s', after: 'a relay after 1 s', mails: '1, 1' },
  'mark events relayed': {
    before: 'the consumer; a relay republishes after 20 s',
    after: 'the consumer',
    mails: '1, 1',
  },

  'take in messages': { before: REDELIVERED, after: `a leased row: ${AFTER_LEASE}`, mails: '1, 1' },
  'dead-letter messages': { before: REDELIVERED, after: `${REDELIVERED}; a second dead letter changes nothing` },

  'count start': { before: AFTER_LEASE, after: AFTER_LEASE, mails: '1, 1' },
  'send mail': { before: AFTER_LEASE, after: `the server has the mail: ${AFTER_LEASE}`, mails: `1, ${REPEATED}` },
  'transmit mail': {
    before: AFTER_LEASE,
    after: `the server has no complete mail: ${AFTER_LEASE}`,
    mails: '1, 1',
  },
  'record sent': { before: AFTER_LEASE, after: `SENT, not published: ${STAYS_DUE}`, mails: `${REPEATED}, 1` },
  'release delivery': { before: AFTER_LEASE, after: 'deliver-due when the row is due', mails: '1, 1' },
  'postpone delivery': {
    before: `${AFTER_LEASE}: the server refuses again`,
    after: 'deliver-due when the row is due',
    mails: '1, 1',
  },
  'record failed': {
    before: `${AFTER_LEASE}: the server refuses again`,
    after: `FAILED, not published: ${STAYS_DUE}`,
    mails: '0, 0',
  },
  'publish confirmations': {
    before: STAYS_DUE,
    after: 'the consumer of the confirmation',
    mails: '1, 1',
  },
  'publish dead letters': { before: STAYS_DUE, after: 'the consumer of the dead letter', mails: '0, 0' },
  'mark results published': {
    before: 'deliver-due publishes the result again after the lease; the event has ended already',
    after: 'nothing is left to do',
    mails: '1, 1',
  },
  'lease due deliveries': { before: 'another deliver-due at once', after: AFTER_LEASE, mails: '1, 1' },

  'finish events': { before: REDELIVERED, after: `${REDELIVERED}; FINISHED absorbs`, mails: '1, 1' },
  'dead-letter confirmations': { before: REDELIVERED, after: `${REDELIVERED}; a second dead letter changes nothing` },

  'record dead letters': {
    before: REDELIVERED,
    after: `${REDELIVERED}; a dead letter is stored once per offset`,
    mails: '0, 0',
  },

  'reopen event': {
    before: 'the operator, who got no 202, may retry again',
    after: 'the next generation, leased for 5 s: the relay',
    mails: '0, 1',
  },

  'update user': { before: 'nothing changed', after: 'a row in `cache_invalidations`: the relay' },
  'remove user': { before: 'nothing changed', after: 'a row in `cache_invalidations`: the relay' },
  'invalidate cached user': { before: 'the relay invalidates', after: 'the relay invalidates again' },
  'delete invalidation': { before: 'the relay invalidates again', after: 'nothing is left to do' },
};

const rows = EFFECTS.map((name) => {
  const { before, after, mails = '' } = RECOVERY[name];
  return `| ${name} | ${before} | ${after} | ${mails} |`;
});

/** docs/crash-points.md */
export function effectsPage(): string {
  return `# Crash points

Generated from \`shared/runtime/effects.ts\`; do not edit (see [CONTRIBUTING](../CONTRIBUTING.md)).

Every change that the pipeline makes outside a process has a name: a statement, a transaction, a publication, a mail. The table says
who finishes the work of a process that dies right before or right after it. Mails are those that the server has accepted in the end.
A transaction is one effect: a process that dies inside it leaves what it leaves before it.

The functions that make a change (\`transaction\`, \`store\`, \`publish\`) take its name and await the hook
\`globalThis[Symbol.for('event-driven-registration.effects')]\` before and after it. Tests install the hook with \`node --import\`;
without one, an effect costs a single property lookup.

| effect | died before it | died after it | mails |
|---|---|---|---|
${rows.join('\n')}
`;
}
