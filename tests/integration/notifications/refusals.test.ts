import { afterAll, describe, expect, it } from 'vitest';
import { sendMail } from '#shared/mail/mail-transport.ts';
import { parseDeadLetter } from '#shared/messages/dead-letter.ts';
import { startNotificationServers } from '#tests/helpers/notification-servers.ts';
import { notificationServicesOn } from '#tests/helpers/notification-services.ts';
import { randomEmail } from '#tests/helpers/random.ts';
import { sendRecord, testEvent } from '#tests/helpers/raw-records.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';

const DLQ = 'user.email.send.dlq';
const SENT = 'user.email.sent';

const refusals = new Map<string, { code: number; message: string }>();
const { database, mail, deliveries, stop } = await startNotificationServers();
mail.refuse((recipient) => refusals.get(recipient));

afterAll(stop);

function refused(code: number, message: string) {
  const event = testEvent();
  refusals.set(event.userEmail, { code, message: message.replace('%', event.userEmail) });
  return event;
}

describe('a permanently refused recipient', () => {
  it('becomes FAILED with a dead letter, and the rest of the batch is sent', async () => {
    const [bad, good] = [refused(550, '5.1.1 <%> unknown'), testEvent()];
    const { receive, published } = notificationServicesOn(database);

    await receive([sendRecord(bad), sendRecord(good)]);

    const row = await deliveries.find(bad.uuid);
    const [letter] = published.on(DLQ);
    expect(row).toMatchObject({ status: 'FAILED', user_email: null });
    expect(letter?.key).toBe(bad.uuid);
    expect(parseDeadLetter(letter?.value ?? null)).toMatchObject({ condition: 'PermanentFailure', reason: row.reason });
    expect(published.keysOn(SENT)).toEqual([good.uuid]);
  });

  it('leaves no address in the stored reason', async () => {
    const bad = refused(550, '5.1.1 <%> unknown');
    const { receive } = notificationServicesOn(database);

    await receive([sendRecord(bad)]);

    const { reason } = await deliveries.find(bad.uuid);
    expect(reason).toContain('5.1.1');
    expect(reason).not.toContain(bad.userEmail);
  });

  it('repeats the dead letter for the same generation, and mails again for a higher one', async () => {
    const event = refused(550, '5.1.1 unknown');
    const { receive, published } = notificationServicesOn(database);
    await receive([sendRecord(event)]);

    await receive([sendRecord(event)]);
    refusals.delete(event.userEmail);
    await receive([sendRecord({ ...event, generation: 1 })]);
    await receive([sendRecord({ ...event, generation: 1 })]);

    expect(published.keysOn(DLQ)).toEqual([event.uuid, event.uuid]);
    expect(mail.to(event.userEmail)).toHaveLength(1);
    expect(await deliveries.find(event.uuid)).toMatchObject({ status: 'SENT', generation: 1 });
  });

  it('ends every retry, and lets no foreign generation block the retries of an operator', async () => {
    const event = refused(550, '5.1.1 unknown');
    const { receive, published } = notificationServicesOn(database);
    const foreign = [999, 3, 500_000];
    for (const generation of [0, ...foreign, 1, 2, 3]) await receive([sendRecord({ ...event, generation })]);

    const ended = published.on(DLQ).map(({ headers }) => Number(headers['x-generation'] ?? 0));
    expect(ended).toEqual([0, 999, 3, 500_000, 1, 2, 3]);
    expect(mail.to(event.userEmail)).toHaveLength(0);
    refusals.delete(event.userEmail);
    await receive([sendRecord({ ...event, generation: 4 })]);
    expect(mail.to(event.userEmail)).toHaveLength(1);
  });

  it('uses the corrected address of a higher generation', async () => {
    const event = refused(550, '5.1.1 unknown');
    const { receive } = notificationServicesOn(database);
    await receive([sendRecord(event)]);
    const userEmail = randomEmail();

    await receive([sendRecord({ ...event, userEmail, generation: 1 })]);

    expect(mail.to(userEmail)).toHaveLength(1);
  });
});

describe('a temporarily refused recipient', () => {
  it('is postponed, delays no other recipient, and is mailed when due', async () => {
    const [grey, good] = [refused(451, '4.7.1 later'), testEvent()];
    const { receive, deliverDue, published } = notificationServicesOn(database);

    await receive([sendRecord(grey), sendRecord(good)]);
    await deliverDue();

    expect(published.keysOn(SENT)).toEqual([good.uuid]);
    expect(await deliveries.find(grey.uuid)).toMatchObject({ status: 'PENDING', attempts: 1, started_by: '' });

    refusals.delete(grey.userEmail);
    await deliveries.makeDue();
    await deliverDue();

    expect(mail.to(grey.userEmail)).toHaveLength(1);
    expect(await deliveries.find(grey.uuid)).toMatchObject({ status: 'SENT' });
  });

  it('is FAILED after the retry period, and gets a new one when an operator retries it', async () => {
    const event = refused(451, '4.7.1 later');
    const { receive, deliverDue, published } = notificationServicesOn(database, { retryHours: 2 });
    await receive([sendRecord(event)]);
    await deliveries.change(event.uuid, { refused_since: new Date(Date.now() - 3 * 60 * 60 * 1000) });
    await deliveries.makeDue();

    await deliverDue();

    expect(await deliveries.find(event.uuid)).toMatchObject({ status: 'FAILED' });
    expect(published.keysOn(DLQ)).toContain(event.uuid);

    await deliveries.change(event.uuid, { refused_since: new Date(Date.now() - 3 * 60 * 60 * 1000) });
    await receive([sendRecord({ ...event, generation: 1 })]);

    expect(await deliveries.find(event.uuid)).toMatchObject({ status: 'PENDING', attempts: 1 });
  });
});

describe('a server that fails for one recipient', () => {
  it('counts it as refused once the server has accepted others, and does not delay them', async () => {
    const [dropped, good] = [testEvent(), testEvent()];
    const { receive, deliverDue, breaker } = notificationServicesOn(database, {
      async send(message, mayStillSend) {
        if (message.to === dropped.userEmail) throw Object.assign(new Error('closed'), { code: 'ECONNECTION' });
        await sendMail(message, mayStillSend);
      },
    });
    await receive([sendRecord(dropped), sendRecord(dropped)]);
    expect(await deliveries.find(dropped.uuid)).toMatchObject({ attempts: 0, refused_since: null });

    await receive([sendRecord(good)]);
    for (let repeat = 0; repeat < 4; repeat += 1) {
      await deliveries.makeDue();
      await deliverDue();
      expect(breaker.isOpen()).toBe(false);
      await receive([sendRecord(testEvent())]);
    }

    const row = await deliveries.find(dropped.uuid);
    expect(row.status).toBe('PENDING');
    expect(row.attempts).toBeGreaterThan(1);
    expect(row.refused_since).not.toBeNull();
    expect(mail.to(good.userEmail)).toHaveLength(1);
  });
});

describe('a server that stops answering for one recipient', () => {
  it('ends its delivery after the retry period, though other processes send the other mails, but not in an outage', async () => {
    const bad = testEvent();
    const options = {
      retryHours: 2,
      async send(...[message, mayStillSend]: Parameters<typeof sendMail>) {
        if (message.to === bad.userEmail)
          throw Object.assign(new Error('Timeout'), { code: 'ETIMEDOUT', command: 'CONN', isGreeted: true });
        await sendMail(message, mayStillSend);
      },
    };
    const accepting = notificationServicesOn(database, options);
    /** Retries it in a process of its own. */
    const retry = async (dueAt: Date) => {
      await deliveries.change(bad.uuid, { next_attempt_at: dueAt });
      const retrying = notificationServicesOn(database, options);
      await retrying.deliverDue();
      return { row: await deliveries.find(bad.uuid), failed: retrying.published.keysOn(DLQ) };
    };
    const refusedFor3h = () =>
      deliveries.change(bad.uuid, { refused_since: new Date(Date.now() - 3 * 60 * 60 * 1000) });

    await accepting.receive([sendRecord(bad)]);
    const inOutage = await retry(new Date());
    expect(inOutage.row).toMatchObject({ status: 'PENDING', attempts: 0, refused_since: null });

    const before = new Date();
    await accepting.receive([sendRecord(testEvent())]);
    const alone = await retry(before);
    expect(alone.row).toMatchObject({ status: 'PENDING', attempts: 1, refused_since: expect.any(Date) });

    await refusedFor3h();
    const afterLongOutage = await retry(new Date());
    expect(afterLongOutage.row).toMatchObject({ status: 'PENDING', attempts: 1 });

    const later = new Date();
    await accepting.receive([sendRecord(testEvent())]);
    const ended = await retry(later);
    expect(ended.row).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('Timeout') });
    expect(ended.failed).toEqual([bad.uuid]);
  });
});

describe("a provider's throttling", () => {
  it('fails no delivery, however long it lasts, and slows all sending down', async () => {
    const events = [1, 2, 3].map(() => refused(454, 'Throttling failure: Maximum sending rate exceeded'));
    const { receive, deliverDue, breaker, published } = notificationServicesOn(database, { retryHours: 1 });
    await receive(events.map((event) => sendRecord(event)));
    expect(breaker.isOpen()).toBe(true);
    for (const { uuid, userEmail } of events) {
      expect(await deliveries.find(uuid)).toMatchObject({ status: 'PENDING', attempts: 0, refused_since: null });
      refusals.delete(userEmail);
    }

    await waitFor(async () => {
      await deliveries.makeDue();
      await deliverDue();
      return events.every(({ userEmail }) => mail.to(userEmail).length > 0);
    });

    expect(events.map(({ userEmail }) => mail.to(userEmail).length)).toEqual([1, 1, 1]);
    expect(published.on(DLQ)).toEqual([]);
  });
});

describe('after throttling', () => {
  it('fewer mails are sent at once', async () => {
    const throttled = refused(454, 'Throttling failure: Maximum sending rate exceeded');
    let underWay = 0;
    let most = 0;
    const { receive, deliverDue, breaker } = notificationServicesOn(database, {
      async send(message, mayStillSend) {
        underWay += 1;
        most = Math.max(most, underWay);
        await sendMail(message, mayStillSend).finally(() => {
          underWay -= 1;
        });
      },
    });
    await receive([sendRecord(throttled)]);
    refusals.delete(throttled.userEmail);
    await waitFor(async () => {
      await deliveries.makeDue();
      await deliverDue();
      return !breaker.isOpen();
    });
    const events = Array.from({ length: 12 }, () => testEvent());

    await receive(events.map((event) => sendRecord(event)));

    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThan(8);
    expect(events.map(({ userEmail }) => mail.to(userEmail).length)).toEqual(events.map(() => 1));
  });
});

describe('a server that blocks the sender', () => {
  it('is retried like a temporary refusal, because it says nothing about the recipient', async () => {
    const event = refused(550, '5.7.1 relaying denied');
    const { receive, published } = notificationServicesOn(database);

    await receive([sendRecord(event)]);

    expect(await deliveries.find(event.uuid)).toMatchObject({ status: 'PENDING', attempts: 1 });
    expect(published.on(DLQ)).toEqual([]);
  });
});
