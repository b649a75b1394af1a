import { readFileSync } from 'node:fs';
import path from 'node:path';
import { withLock } from '#tools/bootstrap/lock.mjs';
import { runDir } from '#tools/paths.ts';
import { say } from '../cli/progress.ts';
import { StartError } from '../cli/start-error.ts';
import { findCommand, output, outputOrFail } from '../services/commands.ts';

/**
 * The packages of each need, best first: names differ between releases. None of them contains a system service
 * (the Redis server is in redis-tools, under another name; redis-server would add and start one).
 */
const aptPackages = {
  mariadb: ['mariadb-server-core', 'mariadb-server-core-10.6'],
  redis: ['redis-tools'],
  java: ['openjdk-21-jre-headless', 'openjdk-17-jre-headless', 'openjdk-25-jre-headless'],
  maven: ['maven'],
  chromium: ['chromium'],
  python: ['python3-venv'],
};

export type Need = keyof typeof aptPackages;

/** What apt-get would install: the packages of the needs, and the others that these require. */
export type InstallPlan = { packages: string[]; others: string[] };

const installOptions = ['--no-install-recommends', '-o', 'DPkg::Lock::Timeout=180'];

/** Whether this system installs packages with apt, as Debian and Ubuntu do. */
export function hasApt(): boolean {
  return findCommand('apt-get') !== undefined && findCommand('dpkg') !== undefined;
}

/** @returns sudo, if it needs no password */
async function findSudo(): Promise<string | undefined> {
  const sudo = findCommand('sudo');
  if (sudo === undefined) return undefined;
  return await output(sudo, ['-n', 'true']).then(
    () => sudo,
    () => undefined,
  );
}

/** Whether packages may be installed here, and can be without asking for a password. */
export async function canInstallPackages(): Promise<boolean> {
  if (process.env.NO_INSTALL === '1' || !hasApt()) return false;
  return process.getuid?.() === 0 || (await findSudo()) !== undefined;
}

/**
 * Installs a package for each need.
 * @throws {StartError} one message that says what to do instead
 */
export async function installPackages(needs: Need[]) {
  await installAvailable(needs.map((need) => aptPackages[need]));
}

/**
 * Plans what installPackages would do; only the lists of packages are updated.
 * @throws {StartError} one message that says what to do instead
 */
export async function planInstall(needs: Need[]): Promise<InstallPlan> {
  const alternatives = needs.map((need) => aptPackages[need]);
  const asRoot = await privileged(alternatives);
  await asRoot(['apt-get', 'update', '-qq']).catch(() => {});
  const packages = await choose(alternatives);
  const all = await simulate(packages);
  return { packages, others: all.filter((name) => !packages.includes(name)) };
}

/**
 * @returns what apt-get would install
 * @throws {StartError} if it would remove a package: mariadb-server-core conflicts with MySQL's server
 */
async function simulate(packages: string[]): Promise<string[]> {
  const what = `apt-get install ${packages.join(' ')}`;
  const printed = await outputOrFail(what, 'apt-get', ['install', '--simulate', ...installOptions, ...packages]);
  const namesIn = (pattern: RegExp) => [...printed.matchAll(pattern)].map(([, name = '']) => name);
  const removed = namesIn(/^Remv (\S+)/gm);
  if (removed.length === 0) return namesIn(/^Inst (\S+)/gm);
  throw new StartError(
    `${what} would remove ${removed.join(', ')}: nothing was installed. Use Docker, or set the URLs of your own servers.`,
  );
}

/**
 * Installs one package of each list: the first that this release offers.
 * @throws {StartError} one message that says what to do instead
 */
export async function installAvailable(alternatives: string[][]) {
  if (process.env.NO_INSTALL === '1') throw refusal('NO_INSTALL=1 forbids installing them', alternatives);
  await withLock(path.join(runDir, 'apt.lock'), async () => {
    const asRoot = await privileged(alternatives);
    await asRoot(['apt-get', 'update', '-qq']).catch(() => {});
    const packages = await choose(alternatives);
    await simulate(packages);
    say(`  … apt-get install ${packages.join(' ')}`);
    try {
      await asRoot(['apt-get', 'install', '-y', '-qq', '--no-remove', ...installOptions, ...packages]);
    } catch (error) {
      const reason = error instanceof Error ? error.message.split('\n').slice(-4).join('\n') : String(error);
      throw new StartError(`apt-get install ${packages.join(' ')} failed:\n${reason}`);
    }
  });
}

async function privileged(alternatives: string[][]): Promise<(command: string[]) => Promise<string>> {
  const environment = ['env', 'DEBIAN_FRONTEND=noninteractive', 'NEEDRESTART_SUSPEND=1'];
  if (process.getuid?.() === 0)
    return (command) => output('env', [...environment.slice(1), ...command], { mayOutliveUs: true });
  const sudo = await findSudo();
  if (sudo !== undefined) return (command) => output(sudo, ['-n', ...environment, ...command], { mayOutliveUs: true });
  throw refusal('installing them needs root, or sudo without a password', alternatives);
}

function refusal(reason: string, alternatives: string[][]) {
  const names = alternatives.map(([best]) => best).join(' ');
  return new StartError(
    `Packages are missing, and ${reason}. Run: sudo apt-get install --no-install-recommends ${names}`,
  );
}

async function choose(alternatives: string[][]) {
  const names = await output('apt-cache', ['pkgnames']);
  const known = new Set(names.split('\n'));
  return alternatives.map((candidates) => {
    const found = candidates.find((name) => known.has(name));
    if (found === undefined)
      throw new StartError(
        `${releaseName()} has none of the packages ${candidates.join(', ')}: use Docker, or set the service's URL`,
      );
    return found;
  });
}

function releaseName() {
  try {
    return /^PRETTY_NAME="?([^"\n]+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'This system';
  } catch {
    return 'This system';
  }
}
