import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export type Handler = (...args: never[]) => unknown;
export type Load = (root: string, handler: string) => Promise<Handler>;

const loader = 'lambda/handler-runner/in-process-runner/aws-lambda-ric/UserFunction.js';

/** Caches loaded handlers; a failed load is retried. */
export function keepLoaded(load: Load): Load {
  const loaded: Map<string, Promise<Handler>> = new Map();
  return (root, handler) => {
    const key = `${root}\0${handler}`;
    const known = loaded.get(key);
    if (known !== undefined) return known;
    const loading = load(root, handler);
    loaded.set(key, loading);
    loading.catch(() => loaded.delete(key));
    return loading;
  };
}

/**
 * serverless-offline searches the disk for a handler's files several times per call. Reloaded code has another path
 * (hot-reload.ts), so one search per path is enough. Call it before the first handler runs.
 * @returns whether this version of serverless-offline has that loader
 */
export function loadHandlersOnce(): boolean {
  const file = path.join(path.dirname(fileURLToPath(import.meta.resolve('serverless-offline'))), loader);
  if (!existsSync(file)) return false;
  const userFunction = createRequire(import.meta.url)(file);
  userFunction.load = keepLoaded(userFunction.load);
  return true;
}
