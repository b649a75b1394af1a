/** GET /health/live: the process answers; 503 once it was asked to stop, so that no further calls are sent to it. */

import { httpHandler } from '#shared/http/http-handler.ts';
import { json } from '#shared/http/response.ts';
import { stopSignal } from '#shared/runtime/lifecycle.ts';

export const handler = httpHandler(async () => {
  const [status, state] = stopSignal.aborted ? ([503, 'stopping'] as const) : ([200, 'up'] as const);
  return json(status, { status: state }, { 'cache-control': 'no-store' });
});
