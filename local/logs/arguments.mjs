import path from 'node:path';
import { StartError } from '../cli/start-error.mjs';
import { logDir } from '../paths.mjs';

/** The log that `npm start` keeps, unless APP_LOG_FILE names another. */
export const appLogFile = (/** @type {Record<string, string | undefined>} */ env) =>
  env.APP_LOG_FILE || path.join(logDir, 'app.log');

/**
 * @param {string[]} args
 * @returns {{ id: string | undefined, isJson: boolean }}
 * @throws {StartError}
 */
export function logsOptions(args) {
  const isJson = args.includes('--json');
  const [id, ...more] = args.filter((arg) => arg !== '--json');
  if (more.length > 0 || id?.startsWith('-'))
    throw new StartError(`'${more[0] ?? id}' is not understood; --help tells what is`);
  if (id !== undefined && !/^[0-9a-f-]{4,36}$/i.test(id))
    throw new StartError(`'${id}' is neither a trace id (or 4 characters of its beginning) nor the uuid of an event`);
  return { id, isJson };
}
