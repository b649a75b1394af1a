import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { bundleHandlers } from '../../esbuild.config.mjs';
import { newFolder } from '../folders.mjs';

const script = fileURLToPath(new URL('../children/import-once.mjs', import.meta.url));

/**
 * How long each handler's bundle, as it is deployed, takes to import in a fresh process.
 * @param {readonly string[]} handlers such as 'functions/users/get.ts'
 * @param {number} times in turns: every handler once, then again
 * @returns {Promise<ReadonlyMap<string, readonly number[]>>} ms, by handler
 */
export const measureImports = async (handlers, times) => {
  const folder = newFolder();
  const files = new Map();
  for (const [name, { code }] of await bundleHandlers(handlers)) {
    const file = path.join(folder, name.replace(/\.ts$/, '.js'));
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, code);
    files.set(name, file);
  }
  /** @type {Map<string, number[]>} */
  const found = new Map(handlers.map((name) => [name, []]));
  for (let round = 0; round < times; round += 1) {
    for (const [name, file] of files) {
      const { stdout } = await promisify(execFile)(process.execPath, [script, file]);
      found.get(name)?.push(Number(stdout));
    }
  }
  return found;
};
