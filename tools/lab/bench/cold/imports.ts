import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { bundleHandlers } from '#tools/build/handlers.ts';
import { newFolder } from '../folders.ts';

/** Imports one module in a process that has imported nothing else, and prints how long that took, in ms. */
const SCRIPT = `const started = performance.now();
await import(process.argv[1]);
process.stdout.write(String(performance.now() - started), () => process.exit(0));`;

/**
 * How long each handler's bundle, as it is deployed, takes to import in a fresh process.
 * @param handlers such as 'functions/users/get.ts'
 * @param times in turns: every handler once, then again
 * @returns ms, by handler
 */
export async function measureImports(
  handlers: readonly string[],
  times: number,
): Promise<ReadonlyMap<string, readonly number[]>> {
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
      const { stdout } = await promisify(execFile)(process.execPath, [
        '--input-type=module',
        '--eval',
        SCRIPT,
        pathToFileURL(file).href,
      ]);
      found.get(name)?.push(Number(stdout));
    }
  }
  return found;
}
