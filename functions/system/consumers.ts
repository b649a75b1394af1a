/** GET /api/consumers: lag and batches of the local event source, 404 on AWS; for operators. */

import { httpHandler } from '#shared/http/http-handler.ts';
import { operatorOnly } from '#shared/http/operator.ts';
import { json } from '#shared/http/response.ts';
import { readConsumers } from '#shared/system/consumers.ts';

export const handler = httpHandler(operatorOnly(async () => json(200, await readConsumers())));
