import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase, type Database } from '#shared/db/database.ts';
import { sendMail } from '#shared/mail/mail-transport.ts';
import { sentUnrecorded } from '#shared/notifications/sent-unrecorded.ts';
import { notificationsTestDatabase, type TestDatabase } from '#tests/helpers/databases.ts';
import { deliveriesIn } from '#tests/helpers/deliveries.ts';
import { notificationServicesOn } from '#tests/helpers/notification-services.ts';
import { sendRecord, testEvent } from '#tests/helpers/raw-records.ts';
import { startMailServer, type TestMailServer } from '#tests/helpers/smtp-server.ts';
import { watchUnhandled } from '#tests/helpers/unhandled.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';
import { startProxyTo, type TcpProxy, throughProxy } from '#tools/lab/faults/tcp-proxy.ts';

let direct: TestDatabase;
let databaseProxy: TcpProxy;
let db: Database;
let mail: TestMailServer;
let mailProxy: TcpProxy;
let deliveries: ReturnType<typeof deliveriesIn>;
const unhandled = watchUnhandled();

beforeAll(async () => {
  [direct, mail] = await Promise.all([notificationsTestDatabase(), startMailServer()]);
  [databaseProxy, mailProxy] = await Promise.all([startProxyTo(direct.url), startProxyTo(mail.url)]);
  db = createDatabase(throughProxy(direct.url, databaseProxy), 3);
  process.env['SMTP_URL'] = `smtp://127.0.0.1:${mailProxy.port}`;
  deliveries = deliveriesIn(direct);
});

afterEach(async () => {
  await Promise.all([databaseProxy.set('pass'), mailProxy.set('pass')]);
  expect(unhandled.seen).toEqual([]);
});

afterAll(async () => {
  await db.destroy();
  await Promise.all([databaseProxy.stop(), mailProxy.stop()]);
  await direct.drop();
  await mail.stop();
  unhandled.stop();
});

describe('a MySQL outage', () => {
  it.each(['refuse', 'silent'] as const)(
    '(%s) right after the 250: the mail is recorded after recovery, not sent again',
    async (mode) => {
      const events = [testEvent(), testEvent(), testEvent()];
      const { receive, deliverDue, published } = notificationServicesOn(
        { db },
        {
          async send(message, mayStillSend) {
            await sendMail(message, mayStillSend);
            await databaseProxy.set(mode);
          },
        },
      );

      await receive(events.map((event) => sendRecord(event)));

      expect(events.every(({ uuid }) => sentUnrecorded.has(uuid))).toBe(true);
      await databaseProxy.set('pass');
      // Their leases continue: the process itself knows what it sent.
      await waitFor(async () => {
        await deliverDue().catch(() => undefined);
        return events.every(({ uuid }) => !sentUnrecorded.has(uuid));
      });

      if (mode === 'silent') {
        // The first write succeeded and only its response was lost: the confirmation follows later.
        await deliveries.makeDue();
        await deliverDue();
      }
      const confirmed = published.keysOn('user.email.sent');
      expect(confirmed.sort()).toEqual(events.map(({ uuid }) => uuid).sort());
      const rows = await Promise.all(events.map(({ uuid }) => deliveries.find(uuid)));
      expect(new Set(rows.map(({ status }) => status))).toEqual(new Set(['SENT']));
      expect(events.map(({ userEmail }) => mail.to(userEmail).length)).toEqual([1, 1, 1]);
      expect(published.on('user.email.send.dlq')).toEqual([]);
    },
  );

  it.each([
    ['the redelivered batch', 'receive'],
    ['deliver-due', 'deliverDue'],
  ] as const)('between a claim and its response leaves the mail to %s, at once', async (_, next) => {
    const event = testEvent();
    const services = notificationServicesOn({ db });
    await databaseProxy.set('cut', { of: 'client', text: 'COMMIT;' });

    await expect(services.receive([sendRecord(event)])).rejects.toMatchObject({ code: 'DEPENDENCY_DOWN' });

    await databaseProxy.set('pass');
    // The server committed anyway: the row exists, under a lease that no process knows.
    await waitFor(async () => (await deliveries.find(event.uuid))?.lease_owner);
    expect(mail.to(event.userEmail)).toEqual([]);
    await services[next]([sendRecord(event)]);
    expect(mail.to(event.userEmail)).toHaveLength(1);
    expect(await deliveries.find(event.uuid)).toMatchObject({ status: 'SENT', unfinished_starts: 0 });
  });

  it('before the rows are written causes redelivery, and no mail', async () => {
    const event = testEvent();
    const { receive } = notificationServicesOn({ db });
    await databaseProxy.set('refuse');

    await expect(receive([sendRecord(event)])).rejects.toMatchObject({ code: 'DEPENDENCY_DOWN' });

    expect(mail.to(event.userEmail)).toEqual([]);
    await databaseProxy.set('pass');
    await waitFor(async () => {
      await receive([sendRecord(event)]);
      return true;
    });
    expect(mail.to(event.userEmail)).toHaveLength(1);
  });
});

describe('a mail server that goes silent', () => {
  it('in the greeting fails no recipient', async () => {
    const event = testEvent();
    const { receive, deliverDue } = notificationServicesOn({ db });
    await mailProxy.set('refuse');
    await mailProxy.set('silent');

    await receive([sendRecord(event)]);

    expect(await deliveries.find(event.uuid)).toMatchObject({ status: 'PENDING', attempts: 0, unfinished_starts: 0 });
    await mailProxy.set('pass');
    await waitFor(async () => {
      await deliveries.makeDue();
      await deliverDue();
      return mail.to(event.userEmail).length > 0;
    });
    expect(mail.to(event.userEmail)).toHaveLength(1);
  });
});

describe('a mail server that accepts mails without responding', () => {
  it('gets the same mail again at growing intervals, and nothing fails', async () => {
    const event = testEvent();
    const { receive, deliverDue, published } = notificationServicesOn(
      { db },
      {
        retryHours: 1,
        send: (message) =>
          sendMail(message, () => {
            // From now on no response arrives.
            mailProxy.forget();
            setTimeout(() => void mailProxy.set('refuse').then(() => mailProxy.set('pass')), 100);
            return true;
          }),
      },
    );

    await receive([sendRecord(event)]);
    await deliveries.change(event.uuid, { refused_since: null });
    await deliveries.makeDue();
    await deliverDue();

    const row = await deliveries.find(event.uuid);
    const waitMs = (row.next_attempt_at?.getTime() ?? 0) - Date.now();
    expect(row).toMatchObject({ status: 'PENDING', attempts: 2, refused_since: null, unfinished_starts: 0 });
    expect(waitMs).toBeGreaterThan(7000);
    expect(published.on('user.email.send.dlq')).toEqual([]);
  });
});
