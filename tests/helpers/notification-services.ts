import pLimit from 'p-limit';
import { circuitBreaker } from '#shared/async/circuit-breaker.ts';
import { sendMail } from '#shared/mail/mail-transport.ts';
import { deliverClaims } from '#shared/notifications/deliver-claims.ts';
import { deliverDue } from '#shared/notifications/delivery-run.ts';
import { publishResults } from '#shared/notifications/publish-results.ts';
import { receiveMessages } from '#shared/notifications/receive-messages.ts';
import type { TestDatabase } from './databases.ts';
import { publishedMessages } from './published.ts';

interface Options {
  readonly retryHours?: number;
  readonly send?: typeof sendMail;
  readonly remainingMs?: number;
}

/** The notifications services of one process on one database; mails go to SMTP_URL unless `send` is given. */
export function notificationServicesOn(
  { db }: Pick<TestDatabase, 'db'>,
  { retryHours = 48, send = sendMail, remainingMs = 20_000 }: Options = {},
) {
  const published = publishedMessages();
  const { publish } = published;
  const database = async () => db;
  const breaker = circuitBreaker({ threshold: 3, probeAfterMs: 200 }, () => performance.now());
  const results = publishResults({ database, publish });
  const limited = pLimit(8);
  const deliver = deliverClaims({ database, sendMail: send, results, breaker, limited, retryHours });
  const receive = receiveMessages({ database, publish, results, deliver });
  const due = deliverDue({ database, results, deliver, breaker });
  return {
    published,
    breaker,
    receive: (records: Parameters<typeof receive>[0]) => receive(records, () => remainingMs),
    deliverDue: () => due(() => remainingMs),
  };
}
