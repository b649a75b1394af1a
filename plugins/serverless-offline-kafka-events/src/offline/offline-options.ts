import { isObject } from '../support/value.ts';

/** The defaults of serverless-offline 14 that invocations need. It does not export them. */
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

/** The command line overrides `custom.serverless-offline`, which overrides the defaults, as in serverless-offline. */
export function mergeOfflineOptions(custom: unknown, commandLine: OfflineOptions): OfflineOptions {
  return { ...DEFAULTS, ...(isObject(custom) ? custom : {}), ...commandLine };
}

type End = (skipExit?: boolean) => Promise<void>;

/** Finds serverless-offline by the name of its class, which has never changed. */
function indexOfOffline(plugins: readonly object[]): number {
  return plugins.findIndex((plugin) => plugin.constructor.name === 'ServerlessOffline');
}

export function isListedAfterOffline(plugins: readonly object[], self: object): boolean {
  const offline = indexOfOffline(plugins);
  return offline >= 0 && offline < plugins.indexOf(self);
}

/** Plain `sls offline` calls its `end`, which exits, right after a signal. This runs `stop` first. */
export function delayOfflineEnd(plugins: readonly object[], stop: () => Promise<void>): void {
  const offline: { end?: End } | undefined = plugins[indexOfOffline(plugins)];
  if (offline?.end === undefined) return;
  const end = offline.end.bind(offline);
  offline.end = async (skipExit) => {
    await stop();
    await end(skipExit);
  };
}
