import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { rootDir } from '#tools/paths.ts';

const tsx = pathToFileURL(path.join(rootDir, 'node_modules', 'tsx', 'dist', 'loader.mjs')).href;

/** Node's options to run a TypeScript file; none where Node strips types itself. */
export const typescriptOptions: readonly string[] =
  'typescript' in process.features && process.features.typescript ? [] : ['--import', tsx];

/** The arguments of `node` that run a program below tools/: `runArguments('local/commands/start')`. */
export function runArguments(program: string, ...args: string[]): string[] {
  return [path.join(rootDir, 'tools', 'bootstrap', 'run.mjs'), program, ...args];
}
