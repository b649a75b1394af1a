/** GET /health/live: the process answers. */

import { httpHandler } from '#shared/http/http-handler.ts';
import { json } from '#shared/http/response.ts';

export const handler = httpHandler(async () => json(200, { status: 'up' }, { 'cache-control': 'no-store' }));
