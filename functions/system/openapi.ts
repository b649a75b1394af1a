import { httpHandler } from '#shared/http/http-handler.ts';
import { json } from '#shared/http/response.ts';
import document from '#shared/openapi/generated/openapi.json' with { type: 'json' };

/** GET /openapi.json */
export const handler = httpHandler(async () => json(200, document));
