import { adaptiveLimit } from '#shared/async/adaptive-limit.ts';
import { circuitBreaker } from '#shared/async/circuit-breaker.ts';
import { pacer } from '#shared/async/pacer.ts';
import { sendMail } from '#shared/mail/mail-transport.ts';
import { newDeliveryMemory } from '#shared/notifications/delivery.ts';
import { notificationServicesWith } from '#shared/notifications/services.ts';
import type { TestDatabase } from './databases.ts';
import { publishedMessages } from './published.ts';

interface Options {
  readonly retryHours?: number;
  readonly send?: typeof sendMail;
  readonly mailsPerSecond?: number;
  /** Time left of every call, in ms. */
  readonly remainingMs?: () => number;
}

/** The notifications services of one process on one database; mails go to SMTP_URL unless `send` is given. */
export function notificationServicesOn(
  { db }: Pick<TestDatabase, 'db'>,
  { retryHours = 48, send = sendMail, mailsPerSecond = 0, remainingMs = () => 20_000 }: Options = {},
) {
  const published = publishedMessages();
  const breaker = circuitBreaker({ threshold: 3, probeAfterMs: 200 }, () => performance.now());
  const memory = newDeliveryMemory();
  const { receive, deliverDue } = notificationServicesWith({
    database: async () => db,
    publish: published.publish,
    sendMail: send,
    breaker,
    limit: adaptiveLimit(8),
    pace: pacer(mailsPerSecond, () => performance.now()),
    memory,
    retryHours,
  });
  return {
    published,
    breaker,
    memory,
    receive: (records: Parameters<typeof receive>[0]) => receive(records, remainingMs),
    deliverDue: () => deliverDue(remainingMs),
  };
}
