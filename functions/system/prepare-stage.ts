/** Invoked by hand after a deploy, before the new code needs it: creates the stage's tables and topics. May be repeated. */

import { histories } from '#migrations/history.ts';
import { log } from '#shared/observability/logger.ts';
import { tracked } from '#shared/runtime/lifecycle.ts';
import { prepareServers } from '#shared/system/prepare-servers.ts';

export interface Preparation {
  /** One line for each database and for the topics. */
  readonly done: readonly string[];
}

export function handler(): Promise<Preparation> {
  return tracked(async () => {
    const done: string[] = [];
    await prepareServers(histories, (line) => {
      log.info('Prepared', { line });
      done.push(line);
    });
    return { done };
  });
}
