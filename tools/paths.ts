import { existsSync } from 'node:fs';
import path from 'node:path';

function findRoot(folder: string): string {
  if (existsSync(path.join(folder, 'serverless.yml'))) return folder;
  const parent = path.dirname(folder);
  if (parent === folder) throw new Error('serverless.yml not found in any parent folder');
  return findRoot(parent);
}

/** The repository's root, also from a built plugin in dist. */
export const rootDir = findRoot(import.meta.dirname);

/** The files that a local run downloads or stores; ignored by git. */
export const localDir = path.join(rootDir, '.local');

/** Kafka's jars, shared by `npm start` and `npm test`. */
export const kafkaLibDir = path.join(localDir, 'kafka-libs');

/** Empty data folders to copy from. */
export const templateDir = path.join(localDir, 'templates');

/** The data of the services that `npm start` runs. */
export const dataDir = path.join(localDir, 'data');

/** Pid files and locks. */
export const runDir = path.join(localDir, 'run');

/** The services' own output. */
export const logDir = path.join(localDir, 'log');
