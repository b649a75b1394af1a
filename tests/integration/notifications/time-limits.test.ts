import { afterAll, describe, expect, it } from 'vitest';
import { sendMail } from '#shared/mail/mail-transport.ts';
import { startNotificationServers } from '#tests/helpers/notification-servers.ts';
import { notificationServicesOn } from '#tests/helpers/notification-services.ts';
import { sendRecord, testEvent } from '#tests/helpers/raw-records.ts';

const { database, mail, deliveries, stop } = await startNotificationServers();

afterAll(stop);

describe('shortly before the timeout', () => {
  it('no mail is started, and due rows are not polled again', async () => {
    const events = Array.from({ length: 120 }, () => testEvent());
    const late = notificationServicesOn(database, { remainingMs: () => 12_000 });
    await late.receive(events.map((event) => sendRecord(event)));
    await deliveries.makeDue();

    await late.deliverDue();

    expect(events.filter(({ userEmail }) => mail.to(userEmail).length > 0)).toEqual([]);
    const row = await deliveries.find(events[0]?.uuid ?? '');
    expect(row).toMatchObject({ status: 'PENDING', started_by: '' });

    await notificationServicesOn(database).deliverDue();

    expect(events.map(({ userEmail }) => mail.to(userEmail).length)).toEqual(events.map(() => 1));
  });

  it('a lease that ended before DATA sends nothing', async () => {
    const event = testEvent();
    const { receive } = notificationServicesOn(database, { send: (message) => sendMail(message, () => false) });

    await receive([sendRecord(event)]);

    expect(mail.to(event.userEmail)).toHaveLength(0);
    expect(await deliveries.find(event.uuid)).toMatchObject({ status: 'PENDING' });

    await deliveries.makeDue();
    await notificationServicesOn(database).deliverDue();

    expect(mail.to(event.userEmail)).toHaveLength(1);
  });
});
