/** GET /api/deliveries: mails by state and those that are waiting; for operators. */

import { notificationsDatabase } from '#shared/db/databases.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { operatorOnly } from '#shared/http/operator.ts';
import { json } from '#shared/http/response.ts';
import { overviewDeliveries } from '#shared/notifications/overview-deliveries.ts';

const overview = overviewDeliveries(notificationsDatabase);

export const handler = httpHandler(operatorOnly(async () => json(200, await overview())));
