import { chmodSync, copyFileSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ensureCommands } from '#tools/local/install/ensure-commands.ts';
import { createEnvironment } from '#tools/local/install/python-packages.ts';
import { cached } from './cache.ts';
import { run } from './run.ts';

const RIC_VERSION = '3.3.0';
/** As in sam-cli.txt. */
const SAM_CLI_VERSION = '1.170.0';

/** Uses the headers that this Node came with, so that node-gyp downloads none. */
function headerOptions(): string[] {
  const prefix = path.resolve(path.dirname(process.execPath), '..');
  return existsSync(path.join(prefix, 'include', 'node', 'node.h')) ? [`--nodedir=${prefix}`] : [];
}

/** Installs one npm package, without its scripts, below a folder. */
async function npmInstall(folder: string, name: string): Promise<void> {
  writeFileSync(path.join(folder, 'package.json'), '{"private":true}');
  await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', name], { cwd: folder });
}

/**
 * Builds AWS's Node runtime interface client once (2 to 6 minutes).
 * @returns its start file
 */
export async function runtimeClient(): Promise<string> {
  const folder = await cached(`aws-lambda-ric-${RIC_VERSION}`, async (target) => {
    await ensureCommands(['autoconf', 'automake', 'libtoolize', 'cmake', 'g++', 'make']);
    await npmInstall(target, `aws-lambda-ric@${RIC_VERSION}`);
    const client = path.join(target, 'node_modules', 'aws-lambda-ric');
    // The package's own build steps: npm may be configured to run no scripts.
    await run('sh', ['scripts/preinstall.sh'], { cwd: client });
    await run(path.join(target, 'node_modules', '.bin', 'node-gyp'), ['rebuild', ...headerOptions()], { cwd: client });
    copyFileSync(
      path.join(client, 'build', 'Release', 'rapid-client.node'),
      path.join(client, 'dist', 'rapid-client.node'),
    );
    for (const leftover of ['deps', 'build']) rmSync(path.join(client, leftover), { recursive: true, force: true });
  });
  return path.join(folder, 'node_modules', 'aws-lambda-ric', 'bin', 'index.mjs');
}

/**
 * Extracts AWS's runtime interface emulator, a binary, from the wheel of AWS's SAM CLI.
 * @returns its file
 */
export async function runtimeEmulator(): Promise<string> {
  const folder = await cached(`aws-lambda-rie-${SAM_CLI_VERSION}`, async (target) => {
    const name = process.arch === 'arm64' ? 'aws-lambda-rie-arm64' : 'aws-lambda-rie-x86_64';
    const environment = path.join(target, 'venv');
    await createEnvironment(environment);
    const python = path.join(environment, 'bin', 'python');
    const requirements = ['--require-hashes', '--requirement', path.join(import.meta.dirname, 'sam-cli.txt')];
    await run(python, [
      '-m',
      'pip',
      'download',
      '-q',
      '--no-deps',
      '--only-binary',
      ':all:',
      ...requirements,
      '-d',
      target,
    ]);
    const wheel = readdirSync(target).find((file) => file.endsWith('.whl'));
    if (wheel === undefined) throw new Error(`pip downloaded no wheel of aws-sam-cli ${SAM_CLI_VERSION}`);
    const extract = [
      'import sys, zipfile',
      'wheel, name, target = sys.argv[1:]',
      'open(target, "wb").write(zipfile.ZipFile(wheel).read("samcli/local/rapid/" + name))',
    ];
    const emulator = path.join(target, 'aws-lambda-rie');
    await run(python, ['-c', extract.join('\n'), path.join(target, wheel), name, emulator]);
    chmodSync(emulator, 0o755);
    for (const leftover of [wheel, 'venv']) rmSync(path.join(target, leftover), { recursive: true });
  });
  return path.join(folder, 'aws-lambda-rie');
}

/**
 * Finds the Node of a major version; installs it from npm unless it runs the tests.
 * @returns its executable
 */
export async function nodeOfVersion(version: string): Promise<string> {
  if (process.versions.node.startsWith(`${version}.`)) return process.execPath;
  const folder = await cached(`node-${version}`, async (target) => {
    const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
    await npmInstall(target, `${name}@${version}`);
    copyFileSync(path.join(target, 'node_modules', name, 'bin', 'node'), path.join(target, 'node'));
    rmSync(path.join(target, 'node_modules'), { recursive: true, force: true });
  });
  return path.join(folder, 'node');
}
