import type { ServiceName } from '../cli/settings.ts';
import { StartError } from '../cli/start-error.ts';
import { findCommand } from '../services/commands.ts';
import { findProgram, type Program } from '../services/programs.ts';
import { hasApt, installPackages, type Need } from './apt.ts';
import { ensureKafkaJars, hasKafkaJars } from './kafka-jars.ts';

export type Programs = { mariadb?: { server: string }; redis?: { server: string }; java?: { java: string } };

/** Names for people, who may have to install them with another package manager. */
export const labels: Record<Need, string> = {
  mariadb: 'MariaDB 10.6+',
  redis: 'Redis 6.2+',
  java: 'Java 17+',
  maven: 'Maven',
  chromium: 'Chromium',
  python: 'Python 3.11+ with venv',
};

const programOf = { mysql: 'mariadb', redis: 'redis', kafka: 'java', mail: undefined } as const;

/** Homebrew's formulas. */
const formulas: Partial<Record<Need, string>> = {
  mariadb: 'mariadb',
  redis: 'redis',
  java: 'openjdk',
  maven: 'maven',
};

/** The programs that services need; the mail catcher is an npm package. */
export function programsFor(services: readonly ServiceName[]): Program[] {
  return services.flatMap((service) => programOf[service] ?? []);
}

/** Whether everything that the services need is on this machine. */
export async function areProgramsInstalled(services: readonly ServiceName[]): Promise<boolean> {
  const found = await findAll(programsFor(services)).catch(() => [undefined]);
  return found.every((program) => program !== undefined) && (!services.includes('kafka') || hasKafkaJars());
}

/** What must be installed before the services can run as programs. */
export async function missingNeeds(services: readonly ServiceName[]): Promise<Need[]> {
  const names = programsFor(services);
  const found = await findAll(names);
  const missing: Need[] = names.filter((_, index) => found[index] === undefined);
  const needsMaven = services.includes('kafka') && !hasKafkaJars() && findCommand('mvn') === undefined;
  return needsMaven ? [...missing, 'maven'] : missing;
}

/**
 * Finds the programs that the services need, and installs what is missing.
 * @throws {StartError}
 */
export async function ensurePrograms(services: readonly ServiceName[]): Promise<Programs & { note: string }> {
  const names = programsFor(services);
  const missing = await missingNeeds(services);
  if (missing.length > 0) {
    if (!hasApt()) throw new StartError(instructions(missing, process.platform));
    await installPackages(missing);
  }
  if (services.includes('kafka')) await ensureKafkaJars();
  const found = await findAll(names);

  const programs: Programs = {};
  const versions: string[] = [];
  for (const [index, name] of names.entries()) {
    const program = found[index];
    const [label] = labels[name].split(' ');
    if (program === undefined) throw new StartError(`${label} was installed, but is not on the PATH`);
    versions.push(`${label} ${program.version}`);
    if (name === 'java') programs.java = { java: program.file };
    else programs[name] = { server: program.file };
  }
  return { ...programs, note: missing.length > 0 ? `installed ${missing.join(', ')}` : versions.join(', ') };
}

function findAll(names: Program[]) {
  return Promise.all(names.map((name) => findProgram(name)));
}

/** What to do on a system without apt. */
export function instructions(missing: readonly Need[], platform: NodeJS.Platform): string {
  if (platform === 'win32') return 'On Windows, start Docker Desktop, or run npm start inside WSL 2.';
  const names = missing.map((need) => labels[need]).join(', ');
  const brew = missing.map((need) => formulas[need] ?? need).join(' ');
  return [
    'No Docker engine can be used, and this system has no apt to install the backing services with. Either',
    '  - start Docker, or',
    platform === 'darwin'
      ? `  - run: brew install ${brew}, or`
      : `  - install ${names} so that they are on the PATH, or`,
    '  - set the URLs of your own servers: USERS_DATABASE_URL, NOTIFICATIONS_DATABASE_URL, REDIS_URL, KAFKA_BROKERS, SMTP_URL.',
  ].join('\n');
}
