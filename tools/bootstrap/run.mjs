// Runs a TypeScript program of this repository: node tools/bootstrap/run.mjs local/commands/start [arguments].
// It must parse on every Node with ES modules, and run before any package is installed.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const SUPPORTED_NODE = '^20.19 || ^22.13 || >=24';

/**
 * @param {string} version such as 20.19.1
 * @returns {boolean}
 */
export function isSupportedNode(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return (major === 20 && minor >= 19) || (major === 22 && minor >= 13) || major >= 24;
}

function checkNode() {
  const { node } = process.versions;
  if (!isSupportedNode(node)) {
    process.stderr.write(`This project needs Node ${SUPPORTED_NODE}; this is ${node} (${process.execPath}).\n`);
    process.exit(1);
  }
}

/**
 * @typedef {{ packages?: Record<string, { version?: string, optional?: boolean }> }} LockFile
 */

/**
 * Whether npm installed what the lock file requires.
 * @param {LockFile} wanted package-lock.json
 * @param {LockFile | undefined} installed node_modules/.package-lock.json, which npm writes last
 * @returns {boolean}
 */
export function isInstalled(wanted, installed) {
  const have = installed?.packages;
  if (have === undefined) return false;
  return Object.entries(wanted.packages ?? {})
    .filter(([name, entry]) => name.includes('node_modules/') && entry.optional !== true)
    .every(([name, entry]) => name in have && have[name]?.version === entry.version);
}

/**
 * @param {string} file
 * @returns {LockFile | undefined}
 */
function readLockFile(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Whether node_modules of a folder holds what its package-lock.json requires. */
export function arePackagesInstalled(folder = root) {
  const wanted = readLockFile(path.join(folder, 'package-lock.json'));
  if (wanted === undefined) throw new Error('package-lock.json is missing or malformed: restore it');
  return isInstalled(wanted, readLockFile(path.join(folder, 'node_modules', '.package-lock.json')));
}

/**
 * Installs what the package-lock.json of a folder names.
 * @param {string} label
 * @param {string} [folder]
 * @returns {Promise<void>}
 */
export function installPackages(label, folder = root) {
  const cli = process.env['npm_execpath'];
  const isNpm = cli !== undefined && /npm-cli\.[cm]?js$/.test(cli) && existsSync(cli);
  const [file, ...first] = isNpm ? [process.execPath, cli] : ['npm'];
  const args = [...first, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
  process.stdout.write(`  … ${label} (npm ci)\n`);
  const started = Date.now();
  return new Promise((resolve, reject) => {
    const child = spawn(file ?? 'npm', args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let printed = '';
    child.stdout.on('data', (data) => (printed += data));
    child.stderr.on('data', (data) => (printed += data));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code !== 0) return reject(new Error(`npm ci failed (${code ?? signal}):\n${printed.trim()}`));
      process.stdout.write(`  ✓ ${label}: installed (${((Date.now() - started) / 1000).toFixed(1)} s)\n`);
      resolve();
    });
  });
}

async function ensurePackages() {
  if (arePackagesInstalled()) return;
  const { withLock } = await import('./lock.mjs');
  const lock = path.join(root, '.local', 'run', 'npm-ci.lock');
  await withLock(lock, () => (arePackagesInstalled() ? undefined : installPackages('packages')));
}

/**
 * Reads the settings in .env, or in the file that ENV_FILE names; the environment wins. Tests and benchmarks have their own.
 * @param {string} program
 */
function readEnvFile(program) {
  const file = process.env['ENV_FILE'] ?? path.join(root, '.env');
  const isRead = program.startsWith('local/commands/') && program !== 'local/commands/test';
  if (isRead && existsSync(file)) process.loadEnvFile(file);
}

/** @param {string[]} args the program, from tools/ and without .ts, and its arguments */
async function run([program = '', ...args]) {
  checkNode();
  readEnvFile(program);
  await ensurePackages();
  // Node 22.18 and later strip types themselves. Remove tsx once older releases are no longer supported.
  if (!('typescript' in process.features && process.features.typescript)) (await import('tsx/esm/api')).register();
  const { main } = await import(new URL(`../${program}.ts`, import.meta.url).href);
  process.exit(await main(args));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  run(process.argv.slice(2)).catch((error) => {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exit(1);
  });
}
