import path from 'node:path';
import { logDir } from '#tools/paths.ts';
import { StartError } from '../cli/start-error.ts';

/** The log that `npm start` keeps, unless APP_LOG_FILE names another. */
export function appLogFile(env: Record<string, string | undefined>) {
  return env.APP_LOG_FILE || path.join(logDir, 'app.log');
}

/** @throws {StartError} */
export function logsOptions(args: string[]): { id: string | undefined; isJson: boolean } {
  const isJson = args.includes('--json');
  const [id, ...more] = args.filter((arg) => arg !== '--json');
  if (more.length > 0 || id?.startsWith('-'))
    throw new StartError(`'${more[0] ?? id}' is not understood; --help tells what is`);
  if (id !== undefined && !/^[0-9a-f-]{4,36}$/i.test(id))
    throw new StartError(`'${id}' is neither a trace id (or 4 characters of its beginning) nor the uuid of an event`);
  return { id, isJson };
}
