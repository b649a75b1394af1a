import { getConfig } from '#shared/config/config.ts';
import { notificationsDatabase } from '#shared/db/databases.ts';
import { publish } from '#shared/kafka/producer.ts';
import { sendMail } from '#shared/mail/mail-transport.ts';
import { deliverClaims } from './deliver-claims.ts';
import { deliverDue } from './deliver-due.ts';
import { limitedSends, mailBreaker } from './mail-server.ts';
import { publishResults } from './publish-results.ts';
import { receiveMessages } from './receive-messages.ts';

/** The notifications services on the real servers; both handlers of this context share one breaker and one send limit. */
export function notificationServices() {
  const database = notificationsDatabase;
  const breaker = mailBreaker;
  const results = publishResults({ database, publish });
  const retryHours = getConfig().MAIL_RETRY_HOURS;
  const deliver = deliverClaims({ database, sendMail, results, breaker, limited: limitedSends, retryHours });
  return {
    receive: receiveMessages({ database, publish, results, deliver }),
    deliverDue: deliverDue({ database, results, deliver, breaker }),
  };
}
