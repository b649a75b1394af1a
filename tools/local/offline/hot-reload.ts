import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { isAlive } from '#tools/bootstrap/lock.mjs';
import { buildHandlers, prepareRebuild } from '#tools/build/handlers.ts';
import { loadedVersions, retire } from './code-versions.ts';
import type { Serverless } from './types.ts';
import { watchTree } from './watch-tree.ts';

const debounceMs = 50;
/** The builder prepares for the first save once the start is over. */
const warmAfterMs = 3000;
/** A little more than the longest timeout of a function. */
const retireMs = 65_000;
const hotFolder = 'dist/.hot';

/**
 * The built file of another version of a handler.
 * @param handler such as dist/functions/users/create.handler
 * @param outdir such as dist/.hot/4711-1
 */
export function handlerIn(handler: string, outdir: string): string {
  return handler.replace(/^(\.\/)?dist\//, `${outdir}/`);
}

/**
 * Rebuilds whenever a source file is saved; the next call runs the new code.
 * @returns stops watching
 */
export function watchSources({
  serverless,
  onReloaded,
}: {
  serverless: Serverless;
  onReloaded: () => void;
}): () => void {
  const { serviceDir } = serverless;
  const { functions } = serverless.service;
  const original = new Map(Object.entries(functions).map(([key, { handler }]) => [key, handler]));
  removeOutputs(serviceDir, (pid) => !isAlive(pid));
  let count = 0;
  let changed: Set<string> = new Set();
  let current = '';
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();

  const reload = async () => {
    const started = performance.now();
    const outdir = `${hotFolder}/${process.pid}-${++count}`;
    const files = [...changed];
    changed = new Set();
    try {
      await buildHandlers(outdir, files);
    } catch (error) {
      for (const file of files) changed.add(file);
      throw error;
    }
    const old = loadedVersions();
    const oldOutdir = current;
    for (const [key, handler] of original) {
      const definition = functions[key];
      if (definition !== undefined) definition.handler = handlerIn(handler, outdir);
    }
    await serverless.pluginManager.spawn('offline:functionsUpdated');
    current = outdir;
    console.log(`reloaded in ${Math.round(performance.now() - started)} ms`);
    onReloaded();
    void retire(old, { waitMs: retireMs }).then(() => {
      if (oldOutdir !== '') rmSync(path.join(serviceDir, oldOutdir), { recursive: true, force: true });
    });
  };

  const run = () => {
    running = running
      .then(() => (changed.size > 0 ? reload() : undefined))
      .catch((error: unknown) => {
        console.error(
          `not reloaded, the previous code keeps running: ${error instanceof Error ? error.message : error}`,
        );
      });
  };

  const warming = setTimeout(() => {
    prepareRebuild().catch(() => {}); // The first reload reports the problem.
  }, warmAfterMs);
  const stopWatching = watchTree(
    ['functions', 'shared'].map((name) => path.join(serviceDir, name)),
    (file) => {
      changed.add(file);
      clearTimeout(timer);
      timer = setTimeout(run, debounceMs);
    },
  );
  return () => {
    stopWatching();
    clearTimeout(timer);
    clearTimeout(warming);
    removeOutputs(serviceDir, (pid) => pid === process.pid);
  };
}

/** Removes built versions by the pid of the process that built them. */
function removeOutputs(serviceDir: string, isObsolete: (pid: number) => boolean) {
  const folder = path.join(serviceDir, hotFolder);
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    if (isObsolete(Number(name.split('-')[0]))) rmSync(path.join(folder, name), { recursive: true, force: true });
  }
}
