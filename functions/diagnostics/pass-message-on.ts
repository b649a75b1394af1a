import { within } from '#shared/async/within.ts';
import { errorText } from '#shared/errors/error-text.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { bodyText } from '#shared/http/request.ts';
import { text } from '#shared/http/response.ts';
import { log } from '#shared/observability/logger.ts';
import { postToUsers } from '#shared/system/call-users.ts';

/** How long to wait for the message to be written; Lambda freezes once this function has answered. */
const WRITE_LIMIT_MS = 500;

/** GET /tests/firenforget: passes its body on to POST /tests/firenforget and does not wait for the answer. */
export function passMessageOn(post: typeof postToUsers) {
  return httpHandler(async (event) => {
    const message = bodyText(event);
    try {
      await within(WRITE_LIMIT_MS, 'Passing the message on', post('/tests/firenforget', message));
    } catch (error) {
      log.warn('Message not passed on', { problem: errorText(error) });
    }
    return text('Sent!');
  });
}

export const handler = passMessageOn(postToUsers);
