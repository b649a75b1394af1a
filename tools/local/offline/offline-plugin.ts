import { within } from '#shared/async/waiting.ts';
import { readConfig } from '#shared/config/config.ts';
import { LOCAL_PORTS } from '#shared/config/defaults.ts';
import { cancelCallTimers } from './call-timeout.ts';
import { loadedVersions, retire } from './code-versions.ts';
import { corsRestorer } from './cors-headers.ts';
import { reshapeErrors } from './error-response.ts';
import { serveEventLog } from './event-log.ts';
import { refuseForeignCallers } from './foreign-callers.ts';
import { watchSources } from './hot-reload.ts';
import { keepLog } from './keep-log.ts';
import { loadHandlersOnce } from './load-once.ts';
import { hideMediaType, ignoreRange, readGetBody } from './request-body.ts';
import { keepRole } from './role.ts';
import { invokeNow, scheduledFunctions } from './schedules.ts';
import { openSecondPort } from './second-port.ts';
import { dropHiddenLines, formatTimesOnce, plainEnvironment, skipValidation } from './spared-work.ts';
import type { Log, OfflinePlugin, Serverless } from './types.ts';

/** At the end, the time that servers and invocations in flight have. */
const endGraceMs = 8000;

/**
 * Makes serverless-offline behave like API Gateway where it does not, opens the second port, runs schedules at once and reloads
 * saved code. This file only connects the parts; each is in its own file beside it.
 */
export default class LocalPlugin {
  readonly hooks: Record<string, () => unknown>;
  #closers: (() => Promise<void> | void)[] = [];
  #serverless;
  #isEnding = false;

  constructor(serverless: Serverless, cliOptions: { noTimeout?: boolean } = {}, { log }: { log?: Log } = {}) {
    this.#serverless = serverless;
    if (process.env.APP_LOG_FILE !== undefined) keepLog();
    loadHandlersOnce();
    refuseForeignCallers({
      listen: listenAddress(),
      origins: process.env.CORS_ORIGINS ?? '',
      invokePort: portOf('lambda'),
    });
    const prepare = async () => {
      plainEnvironment();
      await formatTimesOnce();
      if (log !== undefined) await dropHiddenLines(log);
      await cancelCallTimers(serverless, cliOptions);
    };
    this.hooks = {
      // Before the event source reads its mappings.
      initialize: () => {
        const { ROLE } = readConfig({ ROLE: process.env.ROLE });
        if (serverless.processedInput.commands[0] === 'offline') keepRole(serverless.service.functions, ROLE);
      },
      'after:offline:start:init': () => this.#begin(),
      'before:offline:start:end': () => this.#end(),
      'before:offline:start:init': prepare,
      'before:offline:start': async () => {
        this.#wrapPlainCommand();
        await prepare();
      },
    };
    if (process.argv.includes('offline') && process.env.HOT_RELOAD === '0') skipValidation(serverless);
  }

  /** `sls offline` starts and ends inside one hook: wrap both. */
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

    serveEventLog(hapi);

    const host = listenAddress();
    try {
      this.#closers.push(await openSecondPort(hapi, { host, port: portOf('emailHttp') }));
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
      process.exit(1);
    }

    const runSchedules = () => invokeNow(scheduledFunctions(service.functions), { host, port: portOf('lambda') });
    runSchedules();
    if (process.env.HOT_RELOAD !== '0')
      this.#closers.push(watchSources({ serverless: this.#serverless, onReloaded: runSchedules }));
  }

  /** Finishes the invocations in flight; serverless-offline itself would exit at once. */
  async #end() {
    if (this.#isEnding) return;
    this.#isEnding = true;
    const versions = loadedVersions();
    for (const version of versions) version.stop();
    const servers = Promise.allSettled([...this.#closers.map((close) => close()), this.#offline().end(true)]);
    await within(endGraceMs / 2, 'closing the servers', servers).catch(() => {});
    await retire(versions, { waitMs: endGraceMs / 2 });
    process.exit(0);
  }

  #offline(): OfflinePlugin {
    const found = this.#serverless.pluginManager.plugins.find(
      (plugin) => plugin.constructor.name === 'ServerlessOffline',
    );
    if (found === undefined)
      throw new Error('List serverless-offline before ./dist/tools/local/offline/offline-plugin.js in serverless.yml');
    return found as OfflinePlugin;
  }
}

function listenAddress(): string {
  return process.env.HTTP_HOST || '127.0.0.1';
}

function portOf(name: 'emailHttp' | 'lambda'): number {
  const [variable, fallback] = LOCAL_PORTS[name];
  return Number(process.env[variable] ?? fallback);
}
