import { type AdaptiveLimit, adaptiveLimit } from '#shared/async/adaptive-limit.ts';
import { circuitBreaker } from '#shared/async/circuit-breaker.ts';
import { pacer } from '#shared/async/pacer.ts';
import { getConfig } from '#shared/config/config.ts';
import { notificationsDatabase } from '#shared/db/databases.ts';
import { store } from '#shared/db/run.ts';
import { publish } from '#shared/kafka/producer.ts';
import { sendMail } from '#shared/mail/mail-transport.ts';
import { processWide } from '#shared/runtime/process-wide.ts';
import { type DeliverDependencies, deliverClaims } from './deliver-claims.ts';
import { newDeliveryMemory } from './delivery.ts';
import { deliveryRepository } from './delivery-repository.ts';
import { type DeliverDueDependencies, deliverDue } from './delivery-run.ts';
import { outcomeRecorder } from './outcome-recorder.ts';
import { publishResults } from './publish-results.ts';
import { type ReceiveDependencies, receiveMessages } from './receive-messages.ts';

/** Shared by all functions of this process, because they send to the same server. */
const breaker = circuitBreaker({ threshold: 3, probeAfterMs: 1000 }, () => performance.now());
let limit: AdaptiveLimit | undefined;

/** The notification services on the real servers. */
export function notificationServices() {
  limit ??= adaptiveLimit(getConfig().SMTP_CONNECTIONS);
  return notificationServicesWith({
    database: notificationsDatabase,
    publish,
    sendMail,
    breaker,
    limit,
    pace: processWide('mail-pace', () => pacer(getConfig().MAIL_RATE_PER_SECOND, () => performance.now())),
    memory: processWide('delivery-memory', newDeliveryMemory),
    retryHours: getConfig().MAIL_RETRY_HOURS,
  });
}

export type NotificationDependencies = Pick<
  DeliverDependencies,
  'sendMail' | 'breaker' | 'limit' | 'pace' | 'memory' | 'retryHours'
> &
  Pick<ReceiveDependencies, 'publish'> &
  Pick<DeliverDueDependencies, 'database'>;

/** The notification services of one process. */
export function notificationServicesWith(given: NotificationDependencies) {
  const inbox = store(given.database, deliveryRepository);
  const results = publishResults({ ...given, inbox });
  const recorder = outcomeRecorder({ ...given, inbox, results });
  const deliver = deliverClaims({ ...given, inbox, recorder });
  return {
    receive: receiveMessages({ ...given, inbox, recorder, results, deliver }),
    deliverDue: deliverDue({ ...given, recorder, results, deliver }),
  };
}
