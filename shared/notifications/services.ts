import pLimit, { type LimitFunction } from 'p-limit';
import { circuitBreaker } from '#shared/async/circuit-breaker.ts';
import { getConfig } from '#shared/config/config.ts';
import { notificationsDatabase } from '#shared/db/databases.ts';
import { publish } from '#shared/kafka/producer.ts';
import { sendMail } from '#shared/mail/mail-transport.ts';
import { deliverClaims } from './deliver-claims.ts';
import { deliverDue } from './delivery-run.ts';
import { publishResults } from './publish-results.ts';
import { receiveMessages } from './receive-messages.ts';

/** Shared by all functions of this process, because they send to the same server. */
const breaker = circuitBreaker({ threshold: 3, probeAfterMs: 1000 }, () => performance.now());
let limit: LimitFunction | undefined;

/** Allows as many sends at once as there are SMTP connections, over all functions of this process. */
function limited<T>(run: () => Promise<T>): Promise<T> {
  limit ??= pLimit(getConfig().SMTP_CONNECTIONS);
  return limit(run);
}

/** The notification services on the real servers. */
export function notificationServices() {
  const database = notificationsDatabase;
  const results = publishResults({ database, publish });
  const retryHours = getConfig().MAIL_RETRY_HOURS;
  const deliver = deliverClaims({ database, sendMail, results, breaker, limited, retryHours });
  return {
    receive: receiveMessages({ database, publish, results, deliver }),
    deliverDue: deliverDue({ database, results, deliver, breaker }),
  };
}
