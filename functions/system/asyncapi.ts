/** GET /asyncapi.json: the topics and their messages. */

import document from '#generated/asyncapi.json' with { type: 'json' };
import { httpHandler } from '#shared/http/http-handler.ts';
import { json } from '#shared/http/response.ts';

export const handler = httpHandler(async () => json(200, document));
