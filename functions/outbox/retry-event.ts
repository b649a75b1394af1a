/** POST /api/events/{uuid}/retry; for operators. */

import { usersDatabase } from '#shared/db/databases.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { operatorOnly } from '#shared/http/operator.ts';
import { eventUuidOf } from '#shared/http/parameters.ts';
import { json } from '#shared/http/response.ts';
import { publish } from '#shared/kafka/producer.ts';
import { publishSoon } from '#shared/outbox/publish-soon.ts';
import { retryEvent } from '#shared/outbox/retry-event.ts';

const database = usersDatabase;
const retry = retryEvent({ database, publishSoon: publishSoon({ database, publish }) });

export const handler = httpHandler(operatorOnly(async (event) => json(202, await retry(eventUuidOf(event)))));
