import { isOperator } from '#shared/http/operator.ts';
import { appLogFile, searchLogEnd } from '../app/app-log.ts';
import { linesOf, parseLogLine } from '../commands/logs-lines.ts';
import type { HapiServer } from './types.ts';

/**
 * Serves the log lines of one event from the file that the application keeps, for the dashboard:
 * GET /api/events/{uuid}/log?trace=<trace id>; for operators. On AWS, CloudWatch Logs has them.
 */
export function serveEventLog(hapi: HapiServer) {
  hapi.route({
    method: 'GET',
    path: '/api/events/{uuid}/log',
    handler: async ({ params, query, headers }, h) => {
      if (!(await isOperator({ headers })))
        return h.response({ error: 'Unauthorized!', message: 'This call takes the operator token.' }).code(401);
      const ids = [params.uuid ?? '', query.trace ?? ''].filter((id) => /^[0-9a-f-]{32,36}$/i.test(id));
      const found = await searchLogEnd(appLogFile(process.env), ids);
      const { lines } = linesOf(
        found.flatMap((line) => parseLogLine(line) ?? []),
        ids[0] ?? 'none',
      );
      return h.response({ lines }).header('cache-control', 'no-store');
    },
  });
}
