import { callUsers } from '#shared/system/call-users.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { query } from '#shared/http/request.ts';
import { text } from '#shared/http/response.ts';
import * as diagnosticsQuery from '#generated/diagnostics-query.js';

export const requestData = (call: typeof callUsers) =>
  httpHandler(async (event) => {
    const { id } = query(event, diagnosticsQuery, ['id']);
    return text(await call(`/tests/responsedata?id=${id}`));
  });

export const handler = requestData(callUsers);
