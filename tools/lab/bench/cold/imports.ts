import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { bundleHandlers } from '../../../../esbuild.config.mjs';
import { newFolder } from '../folders.ts';

const script = fileURLToPath(new URL('../children/import-once.mjs', import.meta.url));

/**
 * How long each handler's bundle, as it is deployed, takes to import in a fresh process.
 * @param handlers such as 'functions/users/get.ts'
 * @param times in turns: every handler once, then again
 * @returns ms, by handler
 */
export const measureImports = async (
  handlers: readonly string[],
  times: number,
): Promise<ReadonlyMap<string, readonly number[]>> => {
  const folder = newFolder();
  const files = new Map();
  for (const [name, { code }] of await bundleHandlers(handlers)) {
    const file = path.join(folder, name.replace(/\.ts$/, '.js'));
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, code);
    files.set(name, file);
  }
  const found: Map<string, number[]> = new Map(handlers.map((name) => [name, []]));
  for (let round = 0; round < times; round += 1) {
    for (const [name, file] of files) {
      const { stdout } = await promisify(execFile)(process.execPath, [script, file]);
      found.get(name)?.push(Number(stdout));
    }
  }
  return found;
};
