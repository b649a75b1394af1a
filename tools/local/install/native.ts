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

/** The programs that services need; the mail catcher is an npm package. */
export function programsFor(services: readonly ServiceName[]): Program[] {
  return services.flatMap((service) => programOf[service] ?? []);
}

/** Whether everything that the services need is on this machine. */
export async function areProgramsInstalled(services: readonly ServiceName[]): Promise<boolean> {
  const found = await findAll(programsFor(services)).catch(() => [undefined]);
  return found.every((program) => program !== undefined) && (!services.includes('kafka') || hasKafkaJars());
}

/**
 * Finds the programs that the services need, and installs what is missing.
 * @throws {StartError}
 */
export async function ensurePrograms(services: readonly ServiceName[]): Promise<Programs & { note: string }> {
  const names = programsFor(services);
  const needsJars = services.includes('kafka') && !hasKafkaJars();
  let found = await findAll(names);
  const missing: Need[] = names.filter((_, index) => found[index] === undefined);
  if (needsJars && findCommand('mvn') === undefined) missing.push('maven');
  if (missing.length > 0) {
    if (!hasApt()) throw new StartError(instructions(missing));
    await installPackages(missing);
    found = await findAll(names);
  }
  if (needsJars) await ensureKafkaJars();

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

function instructions(missing: Need[]) {
  const names = missing.map((need) => labels[need]).join(', ');
  return [
    'No Docker engine can be used, and this system has no apt to install the backing services with. Either',
    '  - start Docker, or',
    `  - install ${names} so that they are on the PATH, or`,
    '  - set the URLs of your own servers: USERS_DATABASE_URL, NOTIFICATIONS_DATABASE_URL, REDIS_URL, KAFKA_BROKERS, SMTP_URL.',
  ].join('\n');
}
