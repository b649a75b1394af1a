import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { StartError } from '../cli/start-error.mjs';
import { rootDir, runDir } from '../paths.mjs';
import { endWithUs } from '../process/end-with-us.mjs';
import { withLock } from '../process/lock.mjs';

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

const isSource = (/** @type {string} */ name) => !/(^|[\\/])(generated|dist|node_modules)([\\/]|$)/.test(name);

/**
 * Builds the handlers when a source is newer than what was built; only one process at a time does.
 * @returns {Promise<{ note: string }>}
 * @throws {StartError} with what the build printed
 */
export async function ensureBuild() {
  return await withLock(path.join(runDir, 'build.lock'), async () => {
    const before = fingerprint();
    if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === before) return { note: 'unchanged' };
    await build();
    writeFileSync(stampFile, before);
    return { note: '' };
  });
}

/** @returns {string} changes whenever a source does, wherever and whenever it was checked out */
function fingerprint() {
  const hash = createHash('sha256').update(process.version);
  for (const file of sources.flatMap(listFiles)) {
    hash.update(`${path.relative(rootDir, file)}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

/** @param {string} source */
function listFiles(source) {
  const top = path.join(rootDir, source);
  if (!existsSync(top)) return [];
  if (statSync(top).isFile()) return [top];
  const names = readdirSync(top, { recursive: true, encoding: 'utf8' }).filter(isSource).sort();
  return names.map((name) => path.join(top, name)).filter((file) => statSync(file).isFile());
}

async function build() {
  const child = spawn(process.execPath, ['esbuild.config.mjs'], { cwd: rootDir, stdio: ['ignore', 'pipe', 'pipe'] });
  const forget = endWithUs(child);
  /** @type {string[]} */
  const printed = [];
  child.stdout.on('data', (data) => printed.push(String(data)));
  child.stderr.on('data', (data) => printed.push(String(data)));
  const outcome = await new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
  forget();
  if (outcome !== 0) throw new StartError(`the build failed (${outcome}):\n${printed.join('').trim()}`);
}
