/** Schedule: every minute. Sends due deliveries; once per run, purges and reports metrics. */

import { settleAll } from '#shared/async/waiting.ts';
import { notificationsDatabase } from '#shared/db/databases.ts';
import { SEND_RESERVE_MS } from '#shared/notifications/deliver-claims.ts';
import { purgeDeliveries, reportDeliveries } from '#shared/notifications/delivery-upkeep.ts';
import { notificationServices } from '#shared/notifications/services.ts';
import { scheduledHandler } from '#shared/runtime/scheduled-handler.ts';
import { hasTime, oncePerRun } from '#shared/runtime/time-left.ts';

const purge = purgeDeliveries(notificationsDatabase);
const report = reportDeliveries(notificationsDatabase);

export const handler = scheduledHandler(() => {
  const { deliverDue } = notificationServices();
  const purgeOnce = oncePerRun(purge);
  const reportOnce = oncePerRun(report);
  return (remainingMs) => {
    const shouldContinue = hasTime(remainingMs, SEND_RESERVE_MS);
    return settleAll([deliverDue(remainingMs), purgeOnce(shouldContinue), reportOnce(shouldContinue)]);
  };
}, SEND_RESERVE_MS);
