/** GET /api/events/{uuid}; for operators. */

import { usersDatabase } from '#shared/db/databases.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { operatorOnly } from '#shared/http/operator.ts';
import { eventUuidOf } from '#shared/http/parameters.ts';
import { json } from '#shared/http/response.ts';
import { getEvent } from '#shared/outbox/list-events.ts';

const get = getEvent(usersDatabase);

export const handler = httpHandler(operatorOnly(async (event) => json(200, await get(eventUuidOf(event)))));
