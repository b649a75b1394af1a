/** POST /tests/firenforget: logs its body, cut to 1,000 characters. */

import { httpHandler } from '#shared/http/http-handler.ts';
import { bodyText } from '#shared/http/request.ts';
import { log } from '#shared/observability/logger.ts';

/** Anyone may write here, and a log costs by the byte. */
const LOGGED_CHARACTERS = 1000;

export const handler = httpHandler(async (event) => {
  const text = bodyText(event);
  const isCut = text.length > LOGGED_CHARACTERS;
  log.info('Message received', { text: text.slice(0, LOGGED_CHARACTERS), ...(isCut ? { length: text.length } : {}) });
  return { statusCode: 200 };
});
