import { httpHandler } from '#shared/http/http-handler.ts';
import { bodyText } from '#shared/http/request.ts';
import { log } from '#shared/observability/logger.ts';

/** POST /tests/firenforget: logs the text it is sent. */
export const handler = httpHandler(async (event) => {
  log.info('Message received', { text: bodyText(event) });
  return { statusCode: 200 };
});
