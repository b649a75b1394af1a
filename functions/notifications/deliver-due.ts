import { scheduledHandler } from '#shared/lifecycle/scheduled-handler.ts';
import { SEND_RESERVE_MS } from '#shared/notifications/deliver-claims.ts';
import { notificationServices } from '#shared/notifications/services.ts';

type DeliverDue = (remainingMs: () => number) => Promise<void>;

export const deliverDueHandler = (makeDeliverDue: () => DeliverDue) =>
  scheduledHandler(makeDeliverDue, SEND_RESERVE_MS);

export const handler = deliverDueHandler(() => notificationServices().deliverDue);
