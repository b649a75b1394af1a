import { log } from '#shared/observability/logger.ts';
import { tracked } from '#shared/runtime/lifecycle.ts';
import { prepareServers } from '#shared/system/prepare-servers.ts';

export interface Preparation {
  /** What was done, one line for each database and for the topics. */
  readonly done: readonly string[];
}

/** Invoked by hand after a deploy, before the new code needs it: tables and topics of the stage. May be repeated. */
export function prepareHandler(prepare: typeof prepareServers) {
  return (): Promise<Preparation> =>
    tracked(async () => {
      const done: string[] = [];
      await prepare((line) => {
        log.info('Prepared', { line });
        done.push(line);
      });
      return { done };
    });
}

export const handler = prepareHandler(prepareServers);
