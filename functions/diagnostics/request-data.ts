import * as diagnosticsQuery from '#generated/diagnostics-query.js';
import { httpHandler } from '#shared/http/http-handler.ts';
import { query } from '#shared/http/request.ts';
import { text } from '#shared/http/response.ts';
import { callUsers } from '#shared/system/call-users.ts';

export function requestData(call: typeof callUsers) {
  return httpHandler(async (event) => {
    const { id } = query(event, diagnosticsQuery, ['id']);
    return text(await call(`/tests/responsedata?id=${id}`));
  });
}

export const handler = requestData(callUsers);
