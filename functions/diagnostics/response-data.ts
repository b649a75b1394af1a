/** GET /tests/responsedata?id=N */

import * as diagnosticsQuery from '#generated/diagnostics-query.js';
import { httpHandler } from '#shared/http/http-handler.ts';
import { query } from '#shared/http/request.ts';
import { text } from '#shared/http/response.ts';

export const handler = httpHandler(async (event) => {
  const { id } = query(event, diagnosticsQuery, ['id']);
  return text(`Requested id: ${id}`);
});
