import { StartError } from '../cli/start-error.ts';
import { findCommand } from '../services/commands.ts';
import { hasApt, installAvailable } from './apt.ts';

/** Commands that only tests and checks run, with the apt packages that contain them, best first. */
const aptPackages: Record<string, string[]> = {
  autoconf: ['autoconf'],
  automake: ['automake'],
  cmake: ['cmake'],
  'g++': ['g++'],
  javac: ['openjdk-21-jdk-headless', 'openjdk-17-jdk-headless', 'openjdk-25-jdk-headless'],
  libtoolize: ['libtool'],
  make: ['make'],
  'mariadb-dump': ['mariadb-client'],
  openssl: ['openssl'],
  'qemu-aarch64-static': ['qemu-user-static'],
};

/**
 * Installs those of the commands that are not on the PATH.
 * @throws {StartError}
 */
export async function ensureCommands(names: string[]): Promise<void> {
  const missing = names.filter((name) => findCommand(name) === undefined);
  if (missing.length === 0) return;
  const packages = missing.map(packagesOf);
  if (!hasApt())
    throw new StartError(`Not found on the PATH: ${missing.join(', ')}. Without apt-get, install them yourself.`);
  await installAvailable(packages);
}

function packagesOf(name: string): string[] {
  const packages = aptPackages[name];
  if (packages === undefined)
    throw new StartError(`Unknown command '${name}'. Known: ${Object.keys(aptPackages).join(', ')}.`);
  return packages;
}
