import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { createDatabase } from '#shared/db/database.ts';
import { parseDeadLetter } from '#shared/messages/dead-letter.ts';
import { startNotificationServers } from '#tests/helpers/notification-servers.ts';
import { notificationServicesOn } from '#tests/helpers/notification-services.ts';
import { randomEmail } from '#tests/helpers/random.ts';
import { rawRecord, sendRecord, testEvent } from '#tests/helpers/raw-records.ts';

const DLQ = 'user.email.send.dlq';
const SENT = 'user.email.sent';
const DAY_MS = 24 * 60 * 60 * 1000;

const { database, mail, deliveries, stop } = await startNotificationServers();

afterAll(stop);

describe('receiving messages', () => {
  it('mails, records, confirms and then erases the address', async () => {
    const event = testEvent();
    const { receive, published } = notificationServicesOn(database);

    await receive([sendRecord(event)]);

    const row = await deliveries.find(event.uuid);
    expect(mail.to(event.userEmail)).toHaveLength(1);
    expect(row).toMatchObject({ status: 'SENT', user_email: null, started_by: '', lease_owner: null });
    expect(row.settled_at).not.toBeNull();
    expect(published.keysOn(SENT)).toEqual([event.uuid]);
  });

  it('keeps the rate, and releases the mails whose turn comes too late', async () => {
    const events = Array.from({ length: 4 }, () => testEvent());
    // 13.3 s left: with 13 s reserved for a send, there is time for turns after 0, 125 and 250 ms.
    const { receive, deliverDue } = notificationServicesOn(database, { mailsPerSecond: 8, remainingMs: () => 13_300 });
    const mails = () => events.map(({ userEmail }) => mail.to(userEmail).length).sort();

    await receive(events.map((event) => sendRecord(event)));
    const rows = await Promise.all(events.map(({ uuid }) => deliveries.find(uuid)));

    expect(mails()).toEqual([0, 1, 1, 1]);
    expect(rows).toContainEqual(expect.objectContaining({ status: 'PENDING', attempts: 0, started_by: '' }));
    await deliverDue();
    expect(mails()).toEqual([1, 1, 1, 1]);
  });

  it('mails once, however often and wherever an event appears', async () => {
    const event = testEvent();
    const { receive, published } = notificationServicesOn(database);
    const other = notificationServicesOn(database);

    await receive([sendRecord(event), sendRecord(event), sendRecord(event, { partition: 2 })]);
    await receive([sendRecord(event)]);
    await other.receive([sendRecord(event)]);

    expect(mail.to(event.userEmail)).toHaveLength(1);
    expect(published.keysOn(SENT)).toEqual([event.uuid, event.uuid]);
    expect(other.published.keysOn(SENT)).toEqual([event.uuid]);
  });

  it('mails once when several consumers get the same batches concurrently', async () => {
    const events = Array.from({ length: 20 }, () => testEvent());
    const consumers = Array.from({ length: 4 }, () => notificationServicesOn(database));

    await Promise.all(
      consumers.map(({ receive }, index) => {
        const records = events.map((event) => sendRecord(event));
        return receive(index % 2 === 0 ? records : records.reverse());
      }),
    );

    expect(events.map(({ userEmail }) => mail.to(userEmail).length)).toEqual(events.map(() => 1));
  });

  it('dead-letters a record that is not an event and mails the others', async () => {
    const event = testEvent();
    const { receive, published } = notificationServicesOn(database);

    await receive([rawRecord('not json'), sendRecord(event), rawRecord(null), rawRecord('{"uuid":"x"}')]);

    expect(mail.to(event.userEmail)).toHaveLength(1);
    expect(published.on(DLQ).map(({ value }) => parseDeadLetter(value).condition)).toEqual([
      'PermanentFailure',
      'PermanentFailure',
      'PermanentFailure',
    ]);
  });

  it('mails valid records even if the dead letter cannot be written, and fails the batch', async () => {
    const event = testEvent();
    const { receive, published } = notificationServicesOn(database);
    published.failWith(new Error('broker away'));

    const receiving = receive([rawRecord('not json'), sendRecord(event)]);

    await expect(receiving).rejects.toThrow('broker away');
    expect(mail.to(event.userEmail)).toHaveLength(1);
    expect((await deliveries.find(event.uuid)).status).toBe('SENT');
  });

  it('acknowledges rows leased by another process', async () => {
    const event = testEvent();
    const { receive, published } = notificationServicesOn(database);
    await receive([sendRecord(event)]);
    await deliveries.change(event.uuid, {
      status: 'PENDING',
      lease_owner: randomUUID(),
      next_attempt_at: new Date(Date.now() + DAY_MS),
      settled_at: null,
    });

    await receive([sendRecord(event)]);

    expect(mail.to(event.userEmail)).toHaveLength(1);
    expect(published.keysOn(SENT)).toHaveLength(1);
    expect((await deliveries.find(event.uuid)).status).toBe('PENDING');
  });

  it('does not mail an unknown event older than the retention period, but mails a known one', async () => {
    const old = testEvent({ addedAt: new Date(Date.now() - 91 * DAY_MS) });
    const known = testEvent();
    const { receive, published } = notificationServicesOn(database);
    await receive([sendRecord(known)]);

    await receive([sendRecord(old), sendRecord({ ...known, addedAt: old.addedAt })]);

    expect(mail.to(old.userEmail)).toHaveLength(0);
    expect(published.keysOn(DLQ)).toEqual([old.uuid]);
    expect(parseDeadLetter(published.on(DLQ)[0]?.value ?? null).reason).toContain('90 days');
    expect(published.keysOn(SENT)).toEqual([known.uuid, known.uuid]);
  });

  it('passes an address to the server unchanged, never as two', async () => {
    const victim = randomEmail();
    const event = testEvent({ userEmail: `someone,${victim}` });
    const { receive } = notificationServicesOn(database);

    await receive([sendRecord(event)]);

    expect(mail.to(victim)).toHaveLength(0);
  });

  it('mails a waiting event to the address of its row, not to the one in a later message', async () => {
    const event = testEvent();
    const userEmail = randomEmail();
    const down = notificationServicesOn(database, { send: () => Promise.reject(new Error('no server')) });
    await down.receive([sendRecord(event)]);
    await deliveries.makeDue();
    const { receive, published } = notificationServicesOn(database);

    await receive([sendRecord({ ...event, userEmail })]);

    expect(mail.to(userEmail)).toHaveLength(0);
    expect(mail.to(event.userEmail)).toHaveLength(1);
    expect(JSON.parse(published.on(SENT)[0]?.value ?? '')).toMatchObject({ userEmail: event.userEmail });
  });

  it('throws when the rows cannot be written, so that the batch is redelivered', async () => {
    const db = createDatabase('mysql://tester:password@127.0.0.1:9/notifications', 1);
    const { receive } = notificationServicesOn({ db });

    await expect(receive([sendRecord(testEvent())])).rejects.toMatchObject({ code: 'DEPENDENCY_DOWN' });
  });
});
