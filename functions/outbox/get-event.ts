import { usersDatabase } from '#shared/db/databases.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { operatorOnly } from '#shared/http/operator.ts';
import { eventUuidOf } from '#shared/http/path-parameters.ts';
import { json } from '#shared/http/response.ts';
import type { PipelineEvent } from '#shared/outbox/event.ts';
import { getEvent } from '#shared/outbox/list-events.ts';

export function getEventHandler(get: (uuid: string) => Promise<PipelineEvent>) {
  return httpHandler(operatorOnly(async (event) => json(200, await get(eventUuidOf(event)))));
}

export const handler = getEventHandler(getEvent(usersDatabase));
