import { allOf } from '#shared/async/settle-all.ts';
import { notificationsDatabase } from '#shared/db/databases.ts';
import { SEND_RESERVE_MS } from '#shared/notifications/deliver-claims.ts';
import { purgeDeliveries } from '#shared/notifications/purge-deliveries.ts';
import { reportUnsent } from '#shared/notifications/report-unsent.ts';
import { notificationServices } from '#shared/notifications/services.ts';
import { scheduledHandler } from '#shared/runtime/scheduled-handler.ts';
import { hasTime, type MayGoOn, onceDone } from '#shared/runtime/time-left.ts';

export interface DeliverDueWork {
  deliverDue(remainingMs: () => number): Promise<void>;
  purge(mayGoOn: MayGoOn): Promise<void>;
  report(): Promise<void>;
}

export function deliverDueHandler(startWork: () => DeliverDueWork) {
  return scheduledHandler(() => {
    const { deliverDue, purge, report } = startWork();
    const purgeFirst = onceDone(purge);
    const reportOnce = onceDone(report);
    return (remainingMs) => {
      const mayGoOn = hasTime(remainingMs, SEND_RESERVE_MS);
      return allOf([deliverDue(remainingMs), purgeFirst(mayGoOn), reportOnce(mayGoOn)]);
    };
  }, SEND_RESERVE_MS);
}

export const handler = deliverDueHandler(() => ({
  deliverDue: notificationServices().deliverDue,
  purge: purgeDeliveries(notificationsDatabase),
  report: reportUnsent(notificationsDatabase),
}));
