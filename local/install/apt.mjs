import { readFileSync } from 'node:fs';
import path from 'node:path';
import { say } from '../cli/progress.mjs';
import { StartError } from '../cli/start-error.mjs';
import { runDir } from '../paths.mjs';
import { withLock } from '../process/lock.mjs';
import { findCommand, output } from '../services/commands.mjs';

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

/** @typedef {keyof typeof aptPackages} Need */

/** @returns {boolean} whether this is Debian, Ubuntu or one of their kind */
export function hasApt() {
  return findCommand('apt-get') !== undefined && findCommand('dpkg') !== undefined;
}

/** @returns {Promise<string | undefined>} sudo, where it asks for no password */
async function findSudo() {
  const sudo = findCommand('sudo');
  if (sudo === undefined) return undefined;
  return await output(sudo, ['-n', 'true']).then(
    () => sudo,
    () => undefined,
  );
}

/** @returns {Promise<boolean>} whether what is missing can be installed here without asking anybody */
export async function canInstallPackages() {
  return hasApt() && (process.getuid?.() === 0 || (await findSudo()) !== undefined);
}

/**
 * Installs what is missing.
 * @param {Need[]} needs
 * @throws {StartError} one message that says what to do instead
 */
export async function installPackages(needs) {
  await withLock(path.join(runDir, 'apt.lock'), async () => {
    const asRoot = await privileged(needs);
    await asRoot(['apt-get', 'update', '-qq']).catch(() => {});
    const packages = await choose(needs);
    say(`  … apt-get install ${packages.join(' ')}`);
    try {
      await asRoot([
        'apt-get',
        'install',
        '-y',
        '-qq',
        '--no-install-recommends',
        '-o',
        'DPkg::Lock::Timeout=180',
        ...packages,
      ]);
    } catch (error) {
      const reason = error instanceof Error ? error.message.split('\n').slice(-4).join('\n') : String(error);
      throw new StartError(`apt-get install ${packages.join(' ')} failed:\n${reason}`);
    }
  });
}

/**
 * @param {Need[]} needs
 * @returns {Promise<(command: string[]) => Promise<string>>}
 */
async function privileged(needs) {
  const environment = ['env', 'DEBIAN_FRONTEND=noninteractive', 'NEEDRESTART_SUSPEND=1'];
  if (process.getuid?.() === 0)
    return (command) => output('env', [...environment.slice(1), ...command], { mayOutliveUs: true });
  const sudo = await findSudo();
  if (sudo !== undefined) return (command) => output(sudo, ['-n', ...environment, ...command], { mayOutliveUs: true });
  const names = needs.map((need) => aptPackages[need][0]).join(' ');
  throw new StartError(
    `These packages are missing, and neither root nor sudo without a password is at hand. Run: sudo apt-get install --no-install-recommends ${names}`,
  );
}

/** @param {Need[]} needs */
async function choose(needs) {
  const names = await output('apt-cache', ['pkgnames']);
  const known = new Set(names.split('\n'));
  return needs.map((need) => {
    const found = aptPackages[need].find((name) => known.has(name));
    if (found === undefined)
      throw new StartError(
        `${releaseName()} offers none of ${aptPackages[need].join(', ')}; use Docker, or set the service's URL`,
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
