import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository. */
export const rootDir = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');

/** Everything that a local run downloads or stores, and nothing else. Git ignores it. */
export const localDir = path.join(rootDir, '.local');

/** Kafka's jars, shared by `npm start` and `npm test`. */
export const kafkaLibDir = path.join(localDir, 'kafka-libs');

/** Prepared, empty data folders: copying one is several seconds faster than making one. */
export const templateDir = path.join(localDir, 'templates');

/** The data of the services that `npm start` runs. */
export const dataDir = path.join(localDir, 'data');

/** What is running now: pid files and locks. */
export const runDir = path.join(localDir, 'run');

/** The services' own output. */
export const logDir = path.join(localDir, 'log');
