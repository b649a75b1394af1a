import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase, type Database } from '#shared/db/database.ts';
import { sendMail } from '#shared/mail/mail-transport.ts';
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

/** Options of a process that loses its database right after a 250, and whose call ends then. */
function cutAfterMail() {
  const call = { leftMs: 20_000 };
  const options = {
    remainingMs: () => call.leftMs,
    async send(...given: Parameters<typeof sendMail>) {
      await sendMail(...given);
      await databaseProxy.set('refuse');
      call.leftMs = 1000;
    },
  };
  return { options, call };
}

describe('a MySQL outage', () => {
  it('right after the 250, for 3 s: the process records the mail itself, and no other process sends it again', async () => {
    const event = testEvent();
    const sender = notificationServicesOn(
      { db },
      {
        async send(message, mayStillSend) {
          await sendMail(message, mayStillSend);
          await databaseProxy.set('refuse');
          setTimeout(() => void databaseProxy.set('pass'), 3000);
        },
      },
    );
    const other = notificationServicesOn(direct);

    await sender.receive([sendRecord(event)]);
    await deliveries.makeDue();
    await other.deliverDue();

    expect(mail.to(event.userEmail)).toHaveLength(1);
    expect(await deliveries.find(event.uuid)).toMatchObject({ status: 'SENT' });
    expect(sender.published.keysOn('user.email.sent')).toEqual([event.uuid]);
  });

  it('of two processes right after the 250, past the lease: the living sender records the mail, the other waits for it', async () => {
    const event = testEvent();
    const { options, call } = cutAfterMail();
    const sender = notificationServicesOn({ db }, options);
    const other = notificationServicesOn({ db });
    await sender.receive([sendRecord(event)]);
    await expect(other.deliverDue()).rejects.toMatchObject({ code: 'DEPENDENCY_DOWN' });
    call.leftMs = 20_000;
    await deliveries.makeDue();
    await databaseProxy.set('pass');

    await waitFor(() => other.deliverDue().then(() => true));
    await other.receive([sendRecord(event)]);
    await waitFor(() => sender.deliverDue().then(() => true));
    await other.deliverDue();

    expect(mail.to(event.userEmail)).toHaveLength(1);
    expect(await deliveries.find(event.uuid)).toMatchObject({ status: 'SENT' });
  });

  it('of the sender alone right after the 250, past the lease: another process repeats the mail with the same Message-ID', async () => {
    const event = testEvent();
    const sender = notificationServicesOn({ db }, cutAfterMail().options);
    const other = notificationServicesOn(direct);

    await sender.receive([sendRecord(event)]);
    await other.deliverDue();
    expect(mail.to(event.userEmail)).toHaveLength(1);
    await deliveries.makeDue();
    await other.deliverDue();

    const ids = mail.to(event.userEmail).map(({ raw }) => /^Message-ID: (.*)$/im.exec(raw)?.[1]);
    expect(ids).toEqual([`<${event.uuid}@registration.example>`, `<${event.uuid}@registration.example>`]);
  });

  it.each(['refuse', 'silent'] as const)(
    '(%s) right after the 250, until the timeout: the process records the mail in its next call, and does not send it again',
    async (mode) => {
      const events = [testEvent(), testEvent(), testEvent()];
      let leftMs = 20_000;
      const { receive, deliverDue, published, memory } = notificationServicesOn(
        { db },
        {
          remainingMs: () => leftMs,
          async send(message, mayStillSend) {
            await sendMail(message, mayStillSend);
            await databaseProxy.set(mode);
            leftMs = 1000;
          },
        },
      );

      await receive(events.map((event) => sendRecord(event)));

      expect(memory.sent.size).toBeGreaterThan(0);
      leftMs = 20_000;
      await databaseProxy.set('pass');
      await waitFor(async () => {
        await deliverDue().catch(() => undefined);
        return memory.sent.size === 0;
      });
      await deliveries.makeDue();
      await notificationServicesOn(direct).deliverDue();

      const rows = await Promise.all(events.map(({ uuid }) => deliveries.find(uuid)));
      expect(new Set(rows.map(({ status }) => status))).toEqual(new Set(['SENT']));
      expect(events.map(({ userEmail }) => mail.to(userEmail).length)).toEqual([1, 1, 1]);
      expect(published.on('user.email.send.dlq')).toEqual([]);
    },
  );

  it('right after each of six failed sends counts no start: an outage is no death', async () => {
    const event = testEvent();
    let leftMs = 20_000;
    const options = {
      remainingMs: () => leftMs,
      async send() {
        await databaseProxy.set('refuse');
        leftMs = 1000;
        throw Object.assign(new Error('451'), { command: 'RCPT TO', responseCode: 451, response: '451 4.7.1 later' });
      },
    };
    const services = notificationServicesOn({ db }, options);
    for (let outage = 0; outage < 6; outage += 1) {
      await services.receive([sendRecord(event)]);
      await databaseProxy.set('pass');
      leftMs = 20_000;
      await waitFor(() => services.receive([]).then(() => true));
      await deliveries.makeDue();
    }

    const { published, deliverDue } = notificationServicesOn(direct);
    await deliverDue();

    expect(mail.to(event.userEmail)).toHaveLength(1);
    expect(published.on('user.email.send.dlq')).toEqual([]);
  });

  it.each([
    ['the redelivered batch', 'receive'],
    ['deliver-due', 'deliverDue'],
  ] as const)('between a claim and its response leaves the mail to %s, at once', async (_, next) => {
    const event = testEvent();
    const services = notificationServicesOn({ db });
    await databaseProxy.set('cut', { of: 'client', text: 'ELSE email_deliveries.generation END' });

    await expect(services.receive([sendRecord(event)])).rejects.toMatchObject({ code: 'DEPENDENCY_DOWN' });

    await databaseProxy.set('pass');
    // The server committed anyway: the row exists, under a lease that no process knows.
    await waitFor(async () => (await deliveries.find(event.uuid))?.lease_owner);
    expect(mail.to(event.userEmail)).toEqual([]);
    await services[next]([sendRecord(event)]);
    expect(mail.to(event.userEmail)).toHaveLength(1);
    expect(await deliveries.find(event.uuid)).toMatchObject({ status: 'SENT', started_by: '' });
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

    expect(await deliveries.find(event.uuid)).toMatchObject({ status: 'PENDING', attempts: 0, started_by: '' });
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
  it('gets the same mail at most four times, at growing intervals; then it fails', async () => {
    const event = testEvent();
    let sends = 0;
    const { receive, deliverDue, published } = notificationServicesOn(
      { db },
      {
        retryHours: 1,
        send: (message) =>
          sendMail(message, () => {
            sends += 1;
            // From now on no response arrives.
            mailProxy.forget();
            setTimeout(() => void mailProxy.set('refuse').then(() => mailProxy.set('pass')), 100);
            return true;
          }),
      },
    );

    await receive([sendRecord(event)]);
    await deliveries.makeDue();
    await deliverDue();

    const row = await deliveries.find(event.uuid);
    const waitMs = (row.next_attempt_at?.getTime() ?? 0) - Date.now();
    expect(row).toMatchObject({ status: 'PENDING', attempts: 2, unknowns: 2, refused_since: null, started_by: '' });
    expect(waitMs).toBeGreaterThan(900_000);
    expect(published.on('user.email.send.dlq')).toEqual([]);
    for (let repeat = 0; repeat < 3; repeat += 1) {
      await deliveries.makeDue();
      await deliverDue();
    }

    expect(sends).toBe(4);
    const { status, reason } = await deliveries.find(event.uuid);
    expect(status).toBe('FAILED');
    expect(reason).toContain('may have arrived');
  });
});
