import { usersDatabase } from '#shared/db/databases.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { requireOperator } from '#shared/http/operator.ts';
import { json } from '#shared/http/response.ts';
import { observePipeline } from '#shared/pipeline/observe-pipeline.ts';
import type { Pipeline } from '#shared/pipeline/pipeline.ts';

export const pipelineHandler = (observe: () => Promise<Pipeline>) =>
  httpHandler(async (event) => {
    requireOperator(event);
    return json(200, await observe(), { 'cache-control': 'no-store' });
  });

export const handler = pipelineHandler(observePipeline(usersDatabase));
