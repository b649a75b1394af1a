import { chmodSync, copyFileSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { findCommand } from '#tools/local/services/commands.ts';
import { cached } from './cache.ts';
import { requirePip } from './python.ts';
import { run } from './run.ts';

const RIC_VERSION = '3.3.0';
const SAM_CLI_VERSION = '1.170.0';
const BUILD_PACKAGES = ['autoconf', 'automake', 'libtool', 'cmake', 'g++', 'make'];

async function installBuildTools(): Promise<void> {
  const isThere = ['autoconf', 'automake', 'libtoolize', 'cmake', 'g++', 'make'].every((name) => findCommand(name));
  if (isThere) return;
  await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...BUILD_PACKAGES], {
    env: { DEBIAN_FRONTEND: 'noninteractive' },
  });
}

/** Node's headers as the system has them, so that node-gyp need not fetch them. */
function headerOptions(): string[] {
  const prefix = path.resolve(path.dirname(process.execPath), '..');
  return existsSync(path.join(prefix, 'include', 'node', 'node.h')) ? [`--nodedir=${prefix}`] : [];
}

/** AWS's Node runtime interface client, built once (2 to 6 minutes); its start file. */
export async function runtimeClient(): Promise<string> {
  const folder = await cached(`aws-lambda-ric-${RIC_VERSION}`, async (target) => {
    await installBuildTools();
    writeFileSync(path.join(target, 'package.json'), '{"private":true}');
    await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', `aws-lambda-ric@${RIC_VERSION}`], {
      cwd: target,
    });
    const client = path.join(target, 'node_modules', 'aws-lambda-ric');
    // Its own steps, by name: npm may be told to run no scripts.
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

/** AWS's runtime interface emulator, which lies as a binary in the wheel of its SAM CLI. */
export async function runtimeEmulator(): Promise<string> {
  const folder = await cached(`aws-lambda-rie-${SAM_CLI_VERSION}`, async (target) => {
    const name = process.arch === 'arm64' ? 'aws-lambda-rie-arm64' : 'aws-lambda-rie-x86_64';
    await requirePip();
    await run('python3', ['-m', 'pip', 'download', '-q', '--no-deps', `aws-sam-cli==${SAM_CLI_VERSION}`, '-d', target]);
    const extract = [
      'import glob, sys, zipfile',
      'target, name = sys.argv[1:]',
      'wheel = zipfile.ZipFile(glob.glob(target + "/*.whl")[0])',
      'open(target + "/aws-lambda-rie", "wb").write(wheel.read("samcli/local/rapid/" + name))',
    ];
    await run('python3', ['-c', extract.join('\n'), target, name]);
    const [wheel] = (await run('ls', [target])).split('\n').filter((file) => file.endsWith('.whl'));
    rmSync(path.join(target, wheel ?? ''), { force: true });
    chmodSync(path.join(target, 'aws-lambda-rie'), 0o755);
  });
  return path.join(folder, 'aws-lambda-rie');
}

/** Another Node than the one that runs the tests, from npm; its executable. */
export async function otherNode(version: string): Promise<string> {
  const folder = await cached(`node-${version}`, async (target) => {
    const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
    writeFileSync(path.join(target, 'package.json'), '{"private":true}');
    await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', `${name}@${version}`], { cwd: target });
    const bin = path.join(target, 'node_modules', name, 'bin', 'node');
    copyFileSync(bin, path.join(target, 'node'));
    rmSync(path.join(target, 'node_modules'), { recursive: true, force: true });
  });
  return path.join(folder, 'node');
}
