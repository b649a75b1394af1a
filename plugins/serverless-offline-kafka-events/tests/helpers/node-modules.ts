import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The package's folder. */
export const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));

/** Finds node_modules with the framework: beside the package, or in a parent folder. */
export function findNodeModules(): string {
  let folder = PACKAGE;
  while (!existsSync(path.join(folder, 'node_modules', 'serverless-offline'))) {
    const parent = path.dirname(folder);
    if (parent === folder) throw new Error('serverless-offline is not installed');
    folder = parent;
  }
  return path.join(folder, 'node_modules');
}
