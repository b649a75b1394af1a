import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { notificationsTestDatabase, type TestDatabase } from '#tests/helpers/databases.ts';
import { deliveriesIn } from '#tests/helpers/deliveries.ts';
import { notificationServicesOn } from '#tests/helpers/notification-services.ts';
import { sendRecord, type TestEvent, testEvent } from '#tests/helpers/raw-records.ts';
import { startMailServer, type TestMailServer } from '#tests/helpers/smtp-server.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';
import { startProxyTo, type TcpProxy } from '#tools/lab/faults/tcp-proxy.ts';

let database: TestDatabase;
let mail: TestMailServer;
let proxy: TcpProxy;
let deliveries: ReturnType<typeof deliveriesIn>;

beforeAll(async () => {
  [database, mail] = await Promise.all([notificationsTestDatabase(), startMailServer()]);
  proxy = await startProxyTo(mail.url);
  process.env['SMTP_URL'] = `smtp://127.0.0.1:${proxy.port}`;
  deliveries = deliveriesIn(database);
});

afterAll(async () => {
  await proxy.stop();
  await database.drop();
  await mail.stop();
});

async function allMailedOnce(events: readonly TestEvent[], deliverDue: () => Promise<void>): Promise<void> {
  await waitFor(
    async () => {
      await deliveries.makeDue();
      await deliverDue();
      return events.every(({ userEmail }) => mail.to(userEmail).length > 0);
    },
    { what: 'every mail' },
  );
  await deliverDue();
  expect(events.map(({ userEmail }) => mail.to(userEmail).length)).toEqual(events.map(() => 1));
}

describe('while the mail server is down', () => {
  it.each(['refuse', 'reset'] as const)(
    '(%s) nothing fails, and every mail is sent once after recovery',
    async (mode) => {
      const events = Array.from({ length: 30 }, () => testEvent());
      const { receive, deliverDue, published, breaker } = notificationServicesOn(database);
      await proxy.set(mode);

      await receive(events.map((event) => sendRecord(event)));
      await deliveries.makeDue();
      await deliverDue();

      const rows = await Promise.all(events.map(({ uuid }) => deliveries.find(uuid)));
      expect(breaker.isOpen()).toBe(true);
      expect(new Set(rows.map(({ status }) => status))).toEqual(new Set(['PENDING']));
      expect(new Set(rows.map(({ started_by: starts }) => starts))).toEqual(new Set(['']));
      expect(rows.every(({ attempts }) => attempts === 0)).toBe(true);

      await proxy.set('pass');
      await allMailedOnce(events, deliverDue);

      expect(published.on('user.email.send.dlq')).toEqual([]);
    },
  );

  it('probes with one delivery per round', async () => {
    const events = Array.from({ length: 12 }, () => testEvent());
    const { receive, deliverDue, breaker } = notificationServicesOn(database);
    await proxy.set('refuse');
    await receive(events.map((event) => sendRecord(event)));
    await waitFor(() => breaker.isOpen());
    await deliveries.makeDue();
    const dueBefore = await database
      .db('email_deliveries')
      .where('next_attempt_at', '<=', new Date())
      .count({ n: '*' });

    await deliverDue();

    const dueAfter = await database.db('email_deliveries').where('next_attempt_at', '<=', new Date()).count({ n: '*' });
    expect(Number(dueBefore[0]?.['n']) - Number(dueAfter[0]?.['n'])).toBe(1);
    await proxy.set('pass');
    await allMailedOnce(events, deliverDue);
  });
});
