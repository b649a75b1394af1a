import { loadedVersions, retire } from './code-versions.ts';
import { corsRestorer } from './cors-headers.ts';
import { reshapeErrors } from './error-response.ts';
import { watchSources } from './hot-reload.ts';
import { keepLog } from './keep-log.ts';
import { loadHandlersOnce } from './load-once.ts';
import { hideMediaType, ignoreRange, readGetBody } from './request-body.ts';
import { invokeNow, scheduledFunctions } from './schedules.ts';
import { openSecondPort } from './second-port.ts';
import type { OfflinePlugin, Serverless } from './types.ts';

/** What the handlers have in hand may take this long to finish at the end. */
const endGraceMs = 8000;

/**
 * Makes serverless-offline behave like API Gateway where it does not, opens the second port, runs schedules at once and
 * swaps code that was saved. It wires; each idea is in a file of local/offline.
 */
export default class LocalPlugin {
  readonly hooks: Record<string, () => unknown>;
  #closers: (() => Promise<void> | void)[] = [];
  #serverless;
  #isEnding = false;

  constructor(serverless: Serverless) {
    this.#serverless = serverless;
    if (process.env.APP_LOG_FILE !== undefined) keepLog();
    loadHandlersOnce();
    this.hooks = {
      'after:offline:start:init': () => this.#begin(),
      'before:offline:start:end': () => this.#end(),
      'before:offline:start': () => this.#wrapPlainCommand(),
    };
  }

  /** `sls offline` runs start and end inside one hook: step in between. */
  #wrapPlainCommand() {
    const offline = this.#offline();
    const start = offline.start.bind(offline);
    const end = offline.end.bind(offline);
    offline.start = async () => {
      await start();
      await this.#begin();
    };
    offline.end = async (skipExit) => (skipExit ? await end(true) : await this.#end());
  }

  async #begin() {
    const { service } = this.#serverless;
    const hapi = this.#offline().internals().getApiGatewayServer();
    const cors = corsRestorer();
    hapi.ext('onRequest', (request, h) => {
      hideMediaType(request);
      ignoreRange(request);
      return h.continue;
    });
    hapi.ext('onPreHandler', async (request, h) => {
      await readGetBody(request);
      return h.continue;
    });
    hapi.ext('onPostHandler', (request, h) => {
      cors.remember(request);
      return h.continue;
    });
    hapi.ext('onPreResponse', (request, h) => {
      if (!service.provider.httpApi?.cors) cors.restore(request);
      return reshapeErrors(request, h);
    });

    const host = process.env.HTTP_HOST || '127.0.0.1';
    try {
      this.#closers.push(await openSecondPort(hapi, { host, port: Number(process.env.EMAIL_HTTP_PORT ?? 8083) }));
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
      process.exit(1);
    }

    const runSchedules = () =>
      invokeNow(scheduledFunctions(service.functions), { host, port: Number(process.env.LAMBDA_PORT ?? 3002) });
    runSchedules();
    if (process.env.HOT_RELOAD !== '0')
      this.#closers.push(watchSources({ serverless: this.#serverless, onReloaded: runSchedules }));
  }

  /** Lets what is in hand finish, so that an exit loses nothing. serverless-offline itself would just exit. */
  async #end() {
    if (this.#isEnding) return;
    this.#isEnding = true;
    const versions = loadedVersions();
    for (const version of versions) version.stop();
    const servers = Promise.allSettled([...this.#closers.map((close) => close()), this.#offline().end(true)]);
    await Promise.race([servers, new Promise((resolve) => setTimeout(resolve, endGraceMs / 2))]);
    await retire(versions, { waitMs: endGraceMs / 2 });
    process.exit(0);
  }

  #offline(): OfflinePlugin {
    const found = this.#serverless.pluginManager.plugins.find(
      (plugin) => plugin.constructor.name === 'ServerlessOffline',
    );
    if (found === undefined) throw new Error('serverless-offline must be listed before ./local/offline-plugin.mjs');
    return found as OfflinePlugin;
  }
}
