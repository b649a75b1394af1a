/** GET /openapi.json */

import { getConfig } from '#shared/config/config.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { documentFor } from '#shared/http/openapi.ts';
import { json } from '#shared/http/response.ts';

export const handler = httpHandler(async () => {
  const { STAGE, OPERATOR_TOKEN, DIAGNOSTICS } = getConfig();
  return json(
    200,
    documentFor({
      isLocal: STAGE === 'local',
      hasToken: OPERATOR_TOKEN !== undefined,
      hasDiagnostics: DIAGNOSTICS === 'true',
    }),
  );
});
