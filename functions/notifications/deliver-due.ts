import { scheduledHandler } from '#shared/lifecycle/scheduled-handler.ts';
import { SEND_RESERVE_MS } from '#shared/notifications/deliver-claims.ts';
import { notificationServices } from '#shared/notifications/services.ts';

type Deliver = (remainingMs: () => number) => Promise<void>;

export const deliverDueHandler = (deliver: Deliver) =>
  scheduledHandler(({ remainingMs }) => deliver(remainingMs), SEND_RESERVE_MS);

export const handler = deliverDueHandler((remainingMs) => notificationServices().deliverDue(remainingMs));
