import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { rootDir, runDir } from '../paths.ts';
import { withLock } from '../process/lock.ts';
import { runToEnd } from '../process/run-to-end.ts';

const stampFile = path.join(rootDir, 'dist', '.sources');

/** What the built handlers are made of. */
const sources = [
  'functions',
  'shared',
  'migrations',
  'local/prepare.ts',
  'esbuild.config.mjs',
  'plugins/serverless-offline-kafka-events/src',
  'plugins/serverless-offline-kafka-events/build.mjs',
  'package.json',
  'package-lock.json',
];

const isSource = (name: string) => !/(^|[\\/])(generated|dist|node_modules)([\\/]|$)/.test(name);

/**
 * Builds the handlers when a source is newer than what was built; only one process at a time does.
 * @throws {StartError} with what the build printed
 */
export async function ensureBuild(): Promise<{ note: string }> {
  return await withLock(path.join(runDir, 'build.lock'), async () => {
    const before = fingerprint();
    if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === before) return { note: 'unchanged' };
    await build();
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

const build = () => runToEnd('the build', process.execPath, ['esbuild.config.mjs']);
