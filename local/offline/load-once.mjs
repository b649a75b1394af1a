import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** @typedef {(root: string, handler: string) => Promise<Function>} Load */

const loader = 'lambda/handler-runner/in-process-runner/aws-lambda-ric/UserFunction.js';

/**
 * Keeps what was loaded; a load that failed is tried again.
 * @param {Load} load
 * @returns {Load}
 */
export const keepLoaded = (load) => {
  /** @type {Map<string, Promise<Function>>} */
  const loaded = new Map();
  return (root, handler) => {
    const key = `${root}\0${handler}`;
    const known = loaded.get(key);
    if (known !== undefined) return known;
    const loading = load(root, handler);
    loaded.set(key, loading);
    loading.catch(() => loaded.delete(key));
    return loading;
  };
};

/**
 * serverless-offline looks for a handler's files on the disk at each call, several times. Code that was saved has another
 * path (hot-reload.mjs), so that one look for each path is enough. To be called before the first handler runs.
 * @returns {boolean} whether this version of serverless-offline has such a loader
 */
export function loadHandlersOnce() {
  const file = path.join(path.dirname(fileURLToPath(import.meta.resolve('serverless-offline'))), loader);
  if (!existsSync(file)) return false;
  const userFunction = createRequire(import.meta.url)(file);
  userFunction.load = keepLoaded(userFunction.load);
  return true;
}
