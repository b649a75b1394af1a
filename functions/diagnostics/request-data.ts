/** GET /tests/requestdata?id=N: returns the body of /tests/responsedata?id=N. */

import * as diagnosticsQuery from '#generated/diagnostics-query.js';
import { httpHandler } from '#shared/http/http-handler.ts';
import { query } from '#shared/http/request.ts';
import { text } from '#shared/http/response.ts';
import { callUsers } from '#shared/system/call-users.ts';

export const handler = httpHandler(async (event) => {
  const { id } = query(event, diagnosticsQuery, ['id']);
  return text(await callUsers(`/tests/responsedata?id=${id}`));
});
