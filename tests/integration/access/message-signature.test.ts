import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { OutgoingMessage } from '#shared/kafka/producer.ts';
import type { RawRecord } from '#shared/kafka/records.ts';
import { signed } from '#shared/kafka/signature.ts';
import { parseDeadLetter, toDeadLetter } from '#shared/messages/dead-letter.ts';
import { toMessage, toSendRequest } from '#shared/messages/event-message.ts';
import { confirmEvents } from '#shared/outbox/confirm-events.ts';
import { outboxRepository } from '#shared/outbox/outbox-repository.ts';
import { recordDeadLetters } from '#shared/outbox/record-dead-letters.ts';
import { notificationsTestDatabase, type TestDatabase, usersTestDatabase } from '#tests/helpers/databases.ts';
import { deliveriesIn } from '#tests/helpers/deliveries.ts';
import { notificationServicesOn } from '#tests/helpers/notification-services.ts';
import { publishedMessages } from '#tests/helpers/published.ts';
import { recordOf, type TestEvent, testEvent } from '#tests/helpers/raw-records.ts';
import { startMailServer, type TestMailServer } from '#tests/helpers/smtp-server.ts';

const SEND = 'user.email.send';
const SENT = 'user.email.sent';
const SEND_DLQ = 'user.email.send.dlq';
const REASON = 'Refused: the message is not signed with MESSAGE_SECRET';
const folder = mkdtempSync(path.join(tmpdir(), 'message-secret-'));
const file = path.join(folder, 'secret');

let users: TestDatabase;
let notifications: TestDatabase;
let mail: TestMailServer;
let deliveries: ReturnType<typeof deliveriesIn>;

beforeAll(async () => {
  process.env['MESSAGE_SECRET'] = `file:${file}`;
  [users, notifications, mail] = await Promise.all([
    usersTestDatabase(),
    notificationsTestDatabase(),
    startMailServer(),
  ]);
  process.env['SMTP_URL'] = mail.url;
  deliveries = deliveriesIn(notifications);
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterAll(async () => {
  vi.useRealTimers();
  await Promise.all([users.drop(), notifications.drop(), mail.stop()]);
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  writeFileSync(file, 'the-secret-of-both-contexts');
  // A changed secret is fetched at most once in 5 s.
  vi.advanceTimersByTime(5000);
});

function request(event: TestEvent, generation = event.generation): OutgoingMessage {
  return toSendRequest({ ...event, generation, traceparent: null });
}

async function signedRecord(topic: string, message: OutgoingMessage): Promise<RawRecord> {
  return recordOf(await signed(topic, message), { topic });
}

/** An event of ours that waits for its confirmation. */
async function stored(): Promise<TestEvent> {
  const event = testEvent();
  await outboxRepository(users.db).add({ ...event, traceparent: null }, 1);
  return event;
}

async function stateOf({ uuid }: TestEvent): Promise<unknown> {
  return (await outboxRepository(users.db).find(uuid))?.event_state;
}

describe('a request for a mail', () => {
  it('is mailed if we signed it', async () => {
    const event = testEvent();
    const { receive, published } = notificationServicesOn(notifications);

    await receive([await signedRecord(SEND, request(event))]);

    expect(mail.to(event.userEmail)).toHaveLength(1);
    expect(published.keysOn(SENT)).toEqual([event.uuid]);
  });

  it('is dead-lettered with the reason if it is not signed; the others in its batch are mailed', async () => {
    const [forged, ours] = [testEvent(), testEvent()];
    const { receive, published } = notificationServicesOn(notifications);

    await receive([recordOf(request(forged)), await signedRecord(SEND, request(ours))]);

    expect(mail.to(forged.userEmail)).toEqual([]);
    expect(mail.to(ours.userEmail)).toHaveLength(1);
    expect(published.on(SEND_DLQ).map(({ value }) => parseDeadLetter(value).reason)).toEqual([REASON]);
    await expect(deliveries.find(forged.uuid)).rejects.toThrow('No delivery');
  });

  it.each([
    [
      'its address is replaced',
      (message: OutgoingMessage) => ({ ...message, value: message.value.replace('@', '@x') }),
    ],
    [
      'its generation is raised',
      (message: OutgoingMessage) => ({ ...message, headers: { ...message.headers, 'x-generation': '7' } }),
    ],
    ['its key is replaced', (message: OutgoingMessage) => ({ ...message, key: testEvent().uuid })],
    [
      'its signature is cut',
      (message: OutgoingMessage) => ({ ...message, headers: { ...message.headers, 'x-signature': 'ab' } }),
    ],
  ])('is refused if %s', async (_, change) => {
    const event = testEvent();
    const { receive, published } = notificationServicesOn(notifications);

    await receive([recordOf(change(await signed(SEND, request(event))))]);

    expect(published.keysOn(SENT)).toEqual([]);
    expect(published.on(SEND_DLQ).map(({ value }) => parseDeadLetter(value).reason)).toEqual([REASON]);
  });

  it('is refused if it was signed for another topic', async () => {
    const event = testEvent();
    const { receive, published } = notificationServicesOn(notifications);

    await receive([recordOf(await signed(SENT, request(event)), { topic: SEND })]);

    expect(mail.to(event.userEmail)).toEqual([]);
    expect(published.on(SEND_DLQ)).toHaveLength(1);
  });

  it('is accepted with the next secret, which is fetched when it is first seen', async () => {
    const event = testEvent();
    const { receive } = notificationServicesOn(notifications);
    const { value, key, headers } = request(event);
    await receive([await signedRecord(SEND, request(testEvent()))]);
    writeFileSync(file, 'the-next-secret-of-both,the-secret-of-both-contexts');
    vi.resetModules();
    const next = await import('#shared/kafka/signature.ts');

    await receive([recordOf(await next.signed(SEND, { value, key, headers }))]);

    expect(mail.to(event.userEmail)).toHaveLength(1);
  });
});

describe('a forged confirmation', () => {
  it('finishes nothing', async () => {
    const event = await stored();
    const published = publishedMessages();
    const confirm = confirmEvents({ database: async () => users.db, publish: published.publish });
    const message = toMessage(SENT, { ...event, eventState: 'FINISHED', processedAt: null, traceparent: null });

    await confirm([recordOf(message, { topic: SENT })]);
    expect(await stateOf(event)).toBe('PROCESSING');
    expect(published.on(`${SENT}.dlq`).map(({ value }) => parseDeadLetter(value).reason)).toEqual([REASON]);

    await confirm([await signedRecord(SENT, message)]);
    expect(await stateOf(event)).toBe('FINISHED');
  });
});

describe('a forged dead letter', () => {
  const record = recordDeadLetters(async () => users.db);
  const letter = (event: TestEvent) =>
    toDeadLetter(recordOf(request(event)), event.uuid, '550 no such user', 1, { 'x-generation': '0' });

  it('is recorded, but fails no event', async () => {
    const event = await stored();

    await record([recordOf(letter(event), { topic: SEND_DLQ })]);

    expect(await stateOf(event)).toBe('PROCESSING');
    const [row] = await users.db('dead_letters').where({ event_uuid: event.uuid });
    expect(row.reason).toBe(REASON);
  });

  it('of ours still fails its event', async () => {
    const event = await stored();

    await record([await signedRecord(SEND_DLQ, letter(event))]);

    expect(await stateOf(event)).toBe('FAILED');
  });

  it('that reports a forged request for a real event does not fail that event', async () => {
    const event = await stored();
    const { receive, published } = notificationServicesOn(notifications);

    await receive([recordOf(request(event))]);
    const [refusal] = published.on(SEND_DLQ);
    if (refusal !== undefined) await record([await signedRecord(SEND_DLQ, refusal)]);

    expect(refusal).toBeDefined();
    expect(await stateOf(event)).toBe('PROCESSING');
  });
});
