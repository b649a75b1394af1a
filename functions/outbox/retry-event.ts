import { usersDatabase } from '#shared/db/databases.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { operatorOnly } from '#shared/http/operator.ts';
import { eventUuidOf } from '#shared/http/path-parameters.ts';
import { json } from '#shared/http/response.ts';
import { publish } from '#shared/kafka/producer.ts';
import type { PipelineEvent } from '#shared/outbox/event.ts';
import { publishSoon } from '#shared/outbox/publish-soon.ts';
import { retryEvent } from '#shared/outbox/retry-event.ts';

export function retryEventHandler(retry: (uuid: string) => Promise<PipelineEvent>) {
  return httpHandler(operatorOnly(async (event) => json(202, await retry(eventUuidOf(event)))));
}

const database = usersDatabase;

export const handler = retryEventHandler(retryEvent({ database, publishSoon: publishSoon({ database, publish }) }));
