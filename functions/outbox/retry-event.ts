/** POST /api/events/{uuid}/retry; for operators. */

import { usersDatabase } from '#shared/db/databases.ts';
import { audit } from '#shared/http/audit.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { operatorOnly } from '#shared/http/operator.ts';
import { eventUuidOf } from '#shared/http/parameters.ts';
import { json } from '#shared/http/response.ts';
import { publish } from '#shared/kafka/producer.ts';
import { publishSoon } from '#shared/outbox/publish-soon.ts';
import { retryEvent } from '#shared/outbox/retry-event.ts';

const database = usersDatabase;
const retry = retryEvent({ database, publishSoon: publishSoon({ database, publish }) });

export const handler = httpHandler(
  operatorOnly(async (event) => {
    const uuid = eventUuidOf(event);
    const retried = await retry(uuid);
    audit(event, 'event retried', { uuid });
    return json(202, retried);
  }),
);
