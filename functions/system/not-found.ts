import { AppError } from '#shared/errors/app-error.ts';
import { httpHandler } from '#shared/http/http-handler.ts';

/** The catch-all route. */
export const handler = httpHandler(async () => {
  throw new AppError('NOT_FOUND', 'There is no such route.');
});
