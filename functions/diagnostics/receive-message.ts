/** POST /tests/firenforget: logs its body. */

import { httpHandler } from '#shared/http/http-handler.ts';
import { bodyText } from '#shared/http/request.ts';
import { log } from '#shared/observability/logger.ts';

export const handler = httpHandler(async (event) => {
  log.info('Message received', { text: bodyText(event) });
  return { statusCode: 200 };
});
