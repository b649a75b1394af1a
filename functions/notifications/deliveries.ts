import { notificationsDatabase } from '#shared/db/databases.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { operatorOnly } from '#shared/http/operator.ts';
import { json } from '#shared/http/response.ts';
import type { DeliveryOverview } from '#shared/notifications/delivery-overview.ts';
import { overviewDeliveries } from '#shared/notifications/overview-deliveries.ts';

export function deliveriesHandler(overview: () => Promise<DeliveryOverview>) {
  return httpHandler(operatorOnly(async () => json(200, await overview())));
}

export const handler = deliveriesHandler(overviewDeliveries(notificationsDatabase));
