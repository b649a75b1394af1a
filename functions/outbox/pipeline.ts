import { usersDatabase } from '#shared/db/databases.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { operatorOnly } from '#shared/http/operator.ts';
import { json } from '#shared/http/response.ts';
import { observePipeline } from '#shared/outbox/observe-pipeline.ts';
import type { Pipeline } from '#shared/outbox/pipeline.ts';

export function pipelineHandler(observe: () => Promise<Pipeline>) {
  return httpHandler(operatorOnly(async () => json(200, await observe())));
}

export const handler = pipelineHandler(observePipeline(usersDatabase));
