import { randomUUID } from 'node:crypto';
import { waitFor } from '#tools/local/cli/wait-for.ts';
import { type Call, fetchText } from '../../load/http.ts';
import { addressOf, newTag } from '../../load/registrations.ts';
import { withDatabase } from '../../systems/database.ts';
import { awaitMails } from '../../systems/mail-journal.ts';
import type { OurSystem } from '../../systems/our-system.ts';
import { compareRates } from '../alternate.ts';
import type { Laboratory } from '../laboratory.ts';
import { produceAlone } from '../raw/clients.ts';
import { mailLimitMs, type Workload } from './workload.ts';

/** What the relay publishes at once. */
const relayBatch = 500;
const everyMs = 5;

/** One round of the relay, as its schedule starts it. */
export const invocation: Call = {
  method: 'POST',
  path: '/2015-03-31/functions/registration-local-relayOutbox/invocations',
  body: '{"once":true}',
};

/**
 * Makes committed, unpublished events due all at once, and starts the relay as a schedule would.
 * @returns ms until all of them were published and marked
 */
export function relayDue(
  { servers: { mails } }: Laboratory,
  { usersDatabaseUrl, lambdaPort }: OurSystem,
  count: number,
): Promise<number> {
  return withDatabase(usersDatabaseUrl, async (query) => {
    const countOf = async (condition: string) => {
      const [row] = await query(`SELECT COUNT(*) AS found FROM outbox_events WHERE ${condition}`);
      return Number(row?.['found']);
    };
    const tag = newTag();
    const row = (index: number) => [randomUUID(), addressOf(tag, index), 'PROCESSING', 'user.email.send', new Date()];
    const rows = Array.from({ length: count }, (_, index) => row(index));
    await query('INSERT INTO outbox_events (uuid, user_email, event_state, topic, added_at) VALUES ?', [rows]);
    await query(
      "UPDATE outbox_events SET next_attempt_at = UTC_TIMESTAMP(3) WHERE event_state = 'PROCESSING' AND next_attempt_at IS NULL",
    );
    const started = performance.now();
    const invoking = fetchText(`http://127.0.0.1:${lambdaPort}`, invocation, { limitMs: mailLimitMs });
    const isPublished = async () => (await countOf("event_state = 'PROCESSING' AND published_at IS NULL")) === 0;
    const isDone = await waitFor(isPublished, { timeoutMs: mailLimitMs, everyMs });
    const ms = performance.now() - started;
    if (!isDone) throw new Error('the relay did not publish everything that was due');
    await invoking;
    await awaitMails(mails, { tag, count, limitMs: mailLimitMs });
    await waitFor(async () => (await countOf("event_state = 'PROCESSING'")) === 0, { timeoutMs: mailLimitMs });
    return ms;
  });
}

export const relay: Workload = {
  place: 'mails',
  async measure(laboratory) {
    const { sizes, servers } = laboratory;
    const ours = await laboratory.ours('production');
    const count = sizes.relayed;
    const run = async () => ({ 'per second': (count / (await relayDue(laboratory, ours, count))) * 1000 });
    const contenders = [
      { name: ours.name, warm: run, run },
      produceAlone(servers, { count: sizes.rawSteps, batch: relayBatch }),
    ];
    return compareRates(contenders, laboratory, `events relayed, ${count} due at once`);
  },
};
