import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export type Handler = (...args: never[]) => unknown;
export type Load = (root: string, handler: string) => Promise<Handler>;

const loader = 'lambda/handler-runner/in-process-runner/aws-lambda-ric/UserFunction.js';

/** Keeps what was loaded; a load that failed is tried again. */
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
 * serverless-offline looks for a handler's files on the disk at each call, several times. Code that was saved has another
 * path (hot-reload.mjs), so that one look for each path is enough. To be called before the first handler runs.
 * @returns whether this version of serverless-offline has such a loader
 */
export function loadHandlersOnce(): boolean {
  const file = path.join(path.dirname(fileURLToPath(import.meta.resolve('serverless-offline'))), loader);
  if (!existsSync(file)) return false;
  const userFunction = createRequire(import.meta.url)(file);
  userFunction.load = keepLoaded(userFunction.load);
  return true;
}
