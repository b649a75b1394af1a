/** GET /api/events; for operators. */

import * as listEventsQuery from '#generated/list-events-query.js';
import { usersDatabase } from '#shared/db/databases.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { operatorOnly } from '#shared/http/operator.ts';
import { query } from '#shared/http/request.ts';
import { json } from '#shared/http/response.ts';
import { listEvents } from '#shared/outbox/list-events.ts';

const list = listEvents(usersDatabase);

export const handler = httpHandler(
  operatorOnly(async (event) => json(200, await list(query(event, listEventsQuery, ['page', 'pageSize'])))),
);
