import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withLock } from '#tools/bootstrap/lock.mjs';
import { buildHandlers, buildPlugins } from '#tools/build/handlers.ts';
import { rootDir, runDir } from '#tools/paths.ts';
import { build as buildEventSource } from '../../../plugins/serverless-offline-kafka-events/build.ts';

const stampFile = path.join(rootDir, 'dist', '.sources');

/** What the built handlers are made of. */
const sources = [
  'functions',
  'shared',
  'migrations',
  'dashboard',
  'tools/build',
  'tools/deploy',
  'tools/local/app/prepare-servers.ts',
  'tools/local/offline',
  'esbuild.config.ts',
  'plugins/serverless-offline-kafka-events/src',
  'plugins/serverless-offline-kafka-events/build.ts',
  'package.json',
  'package-lock.json',
];

function isSource(name: string) {
  return !/(^|[\\/])(generated|dist|node_modules)([\\/]|$)/.test(name);
}

/**
 * Builds the handlers when a source is newer than what was built; only one process at a time does.
 * @throws what esbuild reports
 */
export async function ensureBuild(): Promise<{ note: string }> {
  return await withLock(path.join(runDir, 'build.lock'), async () => {
    const before = fingerprint();
    if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === before) return { note: 'unchanged' };
    await Promise.all([buildHandlers(), buildPlugins(), buildEventSource()]);
    writeFileSync(stampFile, before);
    return { note: '' };
  });
}

/** @returns changes whenever a source does, wherever and whenever it was checked out */
function fingerprint(): string {
  const hash = createHash('sha256').update(process.version);
  for (const file of sources.flatMap(listFiles)) {
    hash.update(`${path.relative(rootDir, file)}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

function listFiles(source: string) {
  const top = path.join(rootDir, source);
  if (!existsSync(top)) return [];
  if (statSync(top).isFile()) return [top];
  const names = readdirSync(top, { recursive: true, encoding: 'utf8' }).filter(isSource).sort();
  return names.map((name) => path.join(top, name)).filter((file) => statSync(file).isFile());
}
