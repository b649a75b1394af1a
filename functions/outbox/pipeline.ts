/** GET /api/pipeline: events by state, rates and latencies; for operators. */

import { usersDatabase } from '#shared/db/databases.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { operatorOnly } from '#shared/http/operator.ts';
import { json } from '#shared/http/response.ts';
import { observePipeline } from '#shared/outbox/observe-pipeline.ts';

const observe = observePipeline(usersDatabase);

export const handler = httpHandler(operatorOnly(async () => json(200, await observe())));
