/** GET /tests/firenforget: forwards its body to POST /tests/firenforget without waiting for the answer. */

import { within } from '#shared/async/waiting.ts';
import { errorText } from '#shared/errors/error-text.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { bodyText } from '#shared/http/request.ts';
import { text } from '#shared/http/response.ts';
import { log } from '#shared/observability/logger.ts';
import { postToUsers } from '#shared/system/call-users.ts';

/** Waits only until the message is written: Lambda freezes after the response. */
const WRITE_LIMIT_MS = 500;

export const handler = httpHandler(async (event) => {
  const message = bodyText(event);
  try {
    await within(WRITE_LIMIT_MS, 'Forwarding the message', postToUsers('/tests/firenforget', message));
  } catch (error) {
    log.warn('Message not forwarded', { problem: errorText(error) });
  }
  return text('Sent!');
});
