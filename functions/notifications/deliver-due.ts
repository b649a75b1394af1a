import { notificationsDatabase } from '#shared/db/databases.ts';
import { allOf } from '#shared/lifecycle/all-of.ts';
import { hasTime, type MayGoOn, onceDone } from '#shared/lifecycle/may-go-on.ts';
import { scheduledHandler } from '#shared/lifecycle/scheduled-handler.ts';
import { SEND_RESERVE_MS } from '#shared/notifications/deliver-claims.ts';
import { purgeDeliveries } from '#shared/notifications/purge-deliveries.ts';
import { notificationServices } from '#shared/notifications/services.ts';

export interface DeliverDueWork {
  deliverDue(remainingMs: () => number): Promise<void>;
  purge(mayGoOn: MayGoOn): Promise<void>;
}

export const deliverDueHandler = (startWork: () => DeliverDueWork) =>
  scheduledHandler(() => {
    const { deliverDue, purge } = startWork();
    const purgeFirst = onceDone(purge);
    return (remainingMs) => allOf([deliverDue(remainingMs), purgeFirst(hasTime(remainingMs, SEND_RESERVE_MS))]);
  }, SEND_RESERVE_MS);

export const handler = deliverDueHandler(() => ({
  deliverDue: notificationServices().deliverDue,
  purge: purgeDeliveries(notificationsDatabase),
}));
