import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { sendMail } from '#shared/mail/mail-transport.ts';
import { parseEventMessage } from '#shared/messages/event-message.ts';
import { startNotificationServers } from '#tests/helpers/notification-servers.ts';
import { notificationServicesOn } from '#tests/helpers/notification-services.ts';
import { sendRecord, type TestEvent, testEvent } from '#tests/helpers/raw-records.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';

const DLQ = 'user.email.send.dlq';
const SENT = 'user.email.sent';

const { database, mail, deliveries, stop } = await startNotificationServers();

afterAll(stop);

/** Leaves the rows of a process that died while sending: started, with an expired lease. */
async function leftStarted(events: readonly TestEvent[], unfinishedStarts = 1): Promise<void> {
  const neverSends = notificationServicesOn(database, { send: () => Promise.reject(new Error('no server')) });
  await neverSends.receive(events.map((event) => sendRecord(event)));
  for (const { uuid } of events) {
    await deliveries.change(uuid, {
      lease_owner: randomUUID(),
      started_by: Array.from({ length: unfinishedStarts }, () => randomUUID()).join(','),
      next_attempt_at: new Date(Date.now() - 1000),
    });
  }
}

describe('after a crash', () => {
  it('deliver-due takes over an expired lease', async () => {
    const event = testEvent();
    await leftStarted([event]);
    const { deliverDue, published } = notificationServicesOn(database);

    await deliverDue();

    expect(mail.to(event.userEmail)).toHaveLength(1);
    expect(published.keysOn(SENT)).toContain(event.uuid);
  });

  it('the server releases rows locked by a frozen process', async () => {
    const event = testEvent();
    await leftStarted([event]);
    await deliveries.change(event.uuid, { started_by: '' });
    const { receive } = notificationServicesOn(database);
    const frozen = await database.db.transaction();
    const [[{ allowed }]] = await frozen.raw('SELECT @@wait_timeout AS allowed');
    await frozen.raw('SET SESSION wait_timeout = 2');
    await frozen('email_deliveries').where({ uuid: event.uuid }).forUpdate().first();

    await waitFor(() => receive([sendRecord(event)]).then(() => true), { what: 'the batch to be taken' });

    await frozen.rollback().catch(() => undefined);
    expect(mail.to(event.userEmail)).toHaveLength(1);
    expect(Number(allowed)).toBeLessThanOrEqual(60);
  });

  it('a redelivered message leaves an expired lease to deliver-due', async () => {
    const event = testEvent();
    await leftStarted([event]);
    const { receive, deliverDue } = notificationServicesOn(database);

    await receive([sendRecord(event)]);
    expect(mail.to(event.userEmail)).toHaveLength(0);
    await deliverDue();

    expect(mail.to(event.userEmail)).toHaveLength(1);
  });

  it('only one of several processes takes over a delivery', async () => {
    const events = Array.from({ length: 10 }, () => testEvent());
    await leftStarted(events);
    const processes = Array.from({ length: 4 }, () => notificationServicesOn(database));

    await Promise.all(processes.map(({ deliverDue }) => deliverDue()));

    expect(events.map(({ userEmail }) => mail.to(userEmail).length)).toEqual(events.map(() => 1));
  });

  it('a mail that kills its process five times is dead-lettered, and the others are sent', async () => {
    const [poison, innocent] = [testEvent(), testEvent()];
    await leftStarted([innocent], 1);
    await leftStarted([poison], 5);
    const { deliverDue, published } = notificationServicesOn(database);

    await deliverDue();

    expect(mail.to(poison.userEmail)).toHaveLength(0);
    expect(mail.to(innocent.userEmail)).toHaveLength(1);
    expect(await deliveries.find(poison.uuid)).toMatchObject({ status: 'FAILED' });
    expect(published.keysOn(DLQ)).toContain(poison.uuid);
  });

  it("a suspect's start is counted immediately before its own mail, which is sent alone", async () => {
    const events = [testEvent(), testEvent(), testEvent()];
    await leftStarted(events);
    let underWay = 0;
    let most = 0;
    const counts: number[] = [];
    const { deliverDue } = notificationServicesOn(database, {
      async send(message, mayStillSend) {
        underWay += 1;
        most = Math.max(most, underWay);
        const found = events.find(({ userEmail }) => userEmail === message.to);
        if (found !== undefined) counts.push((await deliveries.find(found.uuid)).started_by.split(',').length);
        await sendMail(message, mayStillSend);
        underWay -= 1;
      },
    });

    await deliverDue();

    expect(most).toBe(1);
    expect(counts).toEqual([2, 2, 2]);
  });

  it('a result that was recorded but not published is published when the message comes back', async () => {
    const event = testEvent();
    const crashing = notificationServicesOn(database);
    crashing.published.failWith(new Error('broker away'));
    await crashing.receive([sendRecord(event)]);
    const { receive, published } = notificationServicesOn(database);

    await receive([sendRecord(event)]);

    expect(mail.to(event.userEmail)).toHaveLength(1);
    expect(published.keysOn(SENT)).toEqual([event.uuid]);
    expect((await deliveries.find(event.uuid)).user_email).toBeNull();
  });

  it('a result that was recorded but not published is published by deliver-due after the lease, once', async () => {
    const [event, mayNot] = [testEvent(), testEvent()];
    const { receive, deliverDue, published } = notificationServicesOn(database);
    published.failWith(new Error('broker away'));
    await receive([event, mayNot].map((each) => sendRecord(each)));
    await deliverDue();
    published.failWith(undefined);
    published.refuse([mayNot.uuid]);
    await deliverDue();
    expect(published.keysOn(SENT)).toEqual([]);
    await deliveries.makeDue();

    const other = notificationServicesOn(database);
    other.published.refuse([mayNot.uuid]);
    await other.deliverDue();
    await deliveries.makeDue();
    for (const broker of [other.published, published]) broker.refuse([]);
    await Promise.all([other.deliverDue(), deliverDue()]);
    await deliveries.makeDue();
    await Promise.all([other.deliverDue(), deliverDue()]);

    const confirmed = [...other.published.on(SENT), ...published.on(SENT)];
    expect(confirmed.map(({ key }) => key).sort()).toEqual([event.uuid, mayNot.uuid].sort());
    expect(confirmed.map(({ value }) => JSON.parse(value).userEmail).sort()).toEqual(
      [event.userEmail, mayNot.userEmail].sort(),
    );
    expect(await deliveries.find(event.uuid)).toMatchObject({ next_attempt_at: null, user_email: null });
  });

  it('the confirmation of a mail that was accepted after its failure was published is published by deliver-due', async () => {
    const event = testEvent();
    const erased = { next_attempt_at: null, user_email: null, lease_owner: null, started_by: '' };
    const dying = notificationServicesOn(database, {
      send: () => deliveries.change(event.uuid, { ...erased, status: 'FAILED', settled_at: new Date(), reason: '550' }),
    });
    dying.published.failWith(new Error('broker away'));
    await dying.receive([sendRecord(event)]);
    expect(await deliveries.find(event.uuid)).toMatchObject({ status: 'SENT', reason: null });
    const { deliverDue, published } = notificationServicesOn(database);

    await deliverDue();

    const [confirmation] = published.on(SENT).filter(({ key }) => key === event.uuid);
    const { value = '', headers = {} } = confirmation ?? {};
    expect(parseEventMessage({ value, headers, timestamp: 0 })).toMatchObject({ uuid: event.uuid });
    expect(await deliveries.find(event.uuid)).toMatchObject({ next_attempt_at: null });
  });

  it('due mails and at most one batch of results are tried in a round while the broker is down', async () => {
    const events = Array.from({ length: 250 }, () => testEvent());
    const due = testEvent();
    const services = notificationServicesOn(database);
    services.published.failWith(new Error('broker away'));
    await services.receive(events.map((event) => sendRecord(event)));
    await leftStarted([due]);
    await deliveries.makeDue();

    await services.deliverDue();

    const uuids = events.map(({ uuid }) => uuid);
    const leased = database.db('email_deliveries').whereIn('uuid', uuids).where('next_attempt_at', '>', new Date());
    expect(await leased).toHaveLength(100);
    expect(mail.to(due.userEmail)).toHaveLength(1);
    await database.db('email_deliveries').whereIn('uuid', uuids).delete();
  });

  it('a failure that was recorded but not published is published by deliver-due after the lease', async () => {
    const event = testEvent();
    const refusing = notificationServicesOn(database, {
      send: () => Promise.reject(smtpError('RCPT TO', 550, '550 5.1.1 no such user')),
    });
    refusing.published.failWith(new Error('broker away'));
    await refusing.receive([sendRecord(event)]);
    await deliveries.makeDue();
    const { deliverDue, published } = notificationServicesOn(database);

    await deliverDue();

    expect(published.keysOn(DLQ)).toEqual([event.uuid]);
    expect(published.on(DLQ)[0]?.value).toContain('no such user');
    expect(mail.to(event.userEmail)).toHaveLength(0);
  });

  it('a mail that was sent but not recorded is recorded, not sent again', async () => {
    const event = testEvent();
    await leftStarted([event]);
    const { deliverDue, published, memory } = notificationServicesOn(database);
    memory.sent.add(event.uuid);

    await deliverDue();

    expect(mail.to(event.userEmail)).toHaveLength(0);
    expect(await deliveries.find(event.uuid)).toMatchObject({ status: 'SENT' });
    expect(published.keysOn(SENT)).toContain(event.uuid);
    expect(memory.sent.has(event.uuid)).toBe(false);
  });

  it('due mails are sent even while results cannot be published', async () => {
    const [told, due] = [testEvent(), testEvent()];
    const services = notificationServicesOn(database);
    services.published.failWith(new Error('broker away'));
    await services.receive([sendRecord(told)]);
    await leftStarted([due]);
    await deliveries.makeDue();

    await services.deliverDue();

    expect(mail.to(due.userEmail)).toHaveLength(1);
  });
});

function smtpError(command: string, responseCode: number, response: string): Error {
  return Object.assign(new Error(response), { command, responseCode, response });
}

describe('a process that lost its lease while sending', () => {
  it.each([
    ['a permanent refusal', smtpError('RCPT TO', 550, '550 5.1.1 no such user')],
    ['a temporary refusal', smtpError('RCPT TO', 450, '450 4.2.0 come again')],
    ['a failing server', smtpError('EHLO', 421, '421 busy')],
  ])('leaves the row to the new holder after %s', async (_, error) => {
    const event = testEvent();
    const [owner, until] = [randomUUID(), new Date(Date.now() + 60_000)];
    const { receive, published } = notificationServicesOn(database, {
      async send() {
        await deliveries.change(event.uuid, { lease_owner: owner, next_attempt_at: until });
        throw error;
      },
    });

    await receive([sendRecord(event)]);

    expect(await deliveries.find(event.uuid)).toMatchObject({
      status: 'PENDING',
      lease_owner: owner,
      next_attempt_at: until,
      attempts: 0,
      reason: null,
    });
    expect(published.keysOn(DLQ)).not.toContain(event.uuid);
  });
});
