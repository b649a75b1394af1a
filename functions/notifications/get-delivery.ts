/** GET /api/deliveries/{uuid}: the mail of one event; for operators. */

import { notificationsDatabase } from '#shared/db/databases.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { operatorOnly } from '#shared/http/operator.ts';
import { eventUuidOf } from '#shared/http/parameters.ts';
import { json } from '#shared/http/response.ts';
import { getDelivery } from '#shared/notifications/overview-deliveries.ts';

const get = getDelivery(notificationsDatabase);

export const handler = httpHandler(operatorOnly(async (event) => json(200, await get(eventUuidOf(event)))));
