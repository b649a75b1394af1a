import { isObject } from '../config/value.ts';

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
