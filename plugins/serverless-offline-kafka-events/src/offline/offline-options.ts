import { isObject } from '../support/value.ts';

/** serverless-offline 14's own defaults, as far as invoking a function needs them; it does not export them. */
const DEFAULTS = {
  host: 'localhost',
  lambdaPort: 3002,
  layersDir: null,
  localEnvironment: false,
  localLayers: {},
  noTimeout: false,
  reloadHandler: false,
  rubyWatchDirs: [],
  terminateIdleLambdaTime: 60,
  dockerHost: 'localhost',
  dockerHostServicePath: null,
  dockerNetwork: null,
  dockerReadOnly: true,
  useDocker: false,
  useInProcess: false,
} as const;

export type OfflineOptions = Readonly<Record<string, unknown>>;

/** The command line wins over `custom.serverless-offline`, which wins over the defaults, as in serverless-offline itself. */
export function mergeOfflineOptions(custom: unknown, commandLine: OfflineOptions): OfflineOptions {
  return { ...DEFAULTS, ...(isObject(custom) ? custom : {}), ...commandLine };
}

type End = (skipExit?: boolean) => Promise<void>;

/** serverless-offline among the plugins. Its class has carried this name since its first version. */
function indexOfOffline(plugins: readonly object[]): number {
  return plugins.findIndex((plugin) => plugin.constructor.name === 'ServerlessOffline');
}

export function isListedAfterOffline(plugins: readonly object[], self: object): boolean {
  const offline = indexOfOffline(plugins);
  return offline >= 0 && offline < plugins.indexOf(self);
}

/** Plain `sls offline` calls its `end`, which exits, right after a signal: `stop` goes first. */
export function delayOfflineEnd(plugins: readonly object[], stop: () => Promise<void>): void {
  const offline: { end?: End } | undefined = plugins[indexOfOffline(plugins)];
  if (offline?.end === undefined) return;
  const end = offline.end.bind(offline);
  offline.end = async (skipExit) => {
    await stop();
    await end(skipExit);
  };
}
