import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stop as stopEsbuild } from 'esbuild';
import { withLock } from '#tools/bootstrap/lock.mjs';
import { buildHandlers, buildPlugins } from '#tools/build/handlers.ts';
import { rootDir, runDir } from '#tools/paths.ts';
import { build as buildEventSource } from '../../../plugins/serverless-offline-kafka-events/build.ts';

const stampFile = path.join(rootDir, 'dist', '.sources');

/** The sources of what is built, and some more: a change there costs one needless build. */
const sources = [
  'functions',
  'shared',
  'migrations',
  'dashboard',
  'tools/bootstrap',
  'tools/build',
  'tools/container',
  'tools/deploy',
  'tools/local',
  'tools/paths.ts',
  'esbuild.config.mjs',
  'plugins/serverless-offline-kafka-events/src',
  'plugins/serverless-offline-kafka-events/build.ts',
  'package.json',
  'package-lock.json',
];

function isSource(name: string) {
  return !/(^|[\\/])(generated|dist|node_modules)([\\/]|$)/.test(name);
}

/**
 * Builds handlers and plugins unless they are up to date; only one process at a time does.
 * @throws what esbuild reports
 */
export async function ensureBuild(): Promise<{ note: string }> {
  return await withLock(path.join(runDir, 'build.lock'), async () => {
    const before = fingerprint();
    if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === before) return { note: 'unchanged' };
    await Promise.all([buildHandlers(), buildPlugins(), buildEventSource()]);
    // esbuild's process would otherwise run as long as this one.
    await stopEsbuild();
    writeFileSync(stampFile, before);
    return { note: '' };
  });
}

/** A digest of names and contents: it does not depend on where and when the sources were checked out. */
function fingerprint(): string {
  const hash = createHash('sha256');
  for (const file of sources.flatMap(listFiles)) {
    hash.update(`${path.relative(rootDir, file)}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

function listFiles(source: string) {
  const top = path.join(rootDir, source);
  if (statSync(top).isFile()) return [top];
  const names = readdirSync(top, { recursive: true, encoding: 'utf8' }).filter(isSource).sort();
  return names.map((name) => path.join(top, name)).filter((file) => statSync(file).isFile());
}
