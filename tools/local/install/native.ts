import { StartError } from '../cli/start-error.ts';
import type { ServiceName } from '../config/settings.ts';
import { findCommand } from '../services/commands.ts';
import { findProgram, type Program } from '../services/programs.ts';
import { hasApt, installPackages, type Need } from './apt.ts';
import { ensureKafkaJars, hasKafkaJars } from './kafka-jars.ts';

export type Programs = { mariadb?: { server: string }; redis?: { server: string }; java?: { java: string } };

/** What a person has to install, in the words of their own package manager. */
const labels = {
  mariadb: 'MariaDB 10.6+',
  redis: 'Redis 6.2+',
  java: 'Java 17+',
  maven: 'Maven',
  chromium: 'Chromium',
  python: 'Python 3.10+ with venv',
};

/**
 * Makes sure that everything the services need is on this machine.
 * @throws {StartError}
 */
export async function ensurePrograms(services: ServiceName[]): Promise<Programs & { note: string }> {
  const missing = await findMissing(services);
  if (missing.length > 0) {
    if (!hasApt()) throw new StartError(instructions(missing));
    await installPackages(missing);
  }
  if (services.includes('kafka')) await ensureKafkaJars(requireMaven);
  const programs = await locate(services);
  return { ...programs, note: missing.length > 0 ? `installed ${missing.join(', ')}` : programs.note };
}

async function findMissing(services: ServiceName[]): Promise<Need[]> {
  const missing: Need[] = [];
  const [mariadb, redis, java] = await Promise.all([
    services.includes('mysql') ? findProgram('mariadb') : true,
    services.includes('redis') ? findProgram('redis') : true,
    services.includes('kafka') ? findProgram('java') : true,
  ]);
  if (!mariadb) missing.push('mariadb');
  if (!redis) missing.push('redis');
  if (!java) missing.push('java');
  if (services.includes('kafka') && !hasKafkaJars() && findCommand('mvn') === undefined) missing.push('maven');
  return missing;
}

function instructions(missing: Need[]) {
  const names = missing.map((need) => labels[need]).join(', ');
  return [
    'No Docker engine answers, and this is not Debian or Ubuntu, so the backing services cannot be installed for you. Either',
    '  - start Docker, or',
    `  - install ${names} so that they are on the PATH, or`,
    '  - set the URLs of servers that you run: USERS_DATABASE_URL, NOTIFICATIONS_DATABASE_URL, REDIS_URL, KAFKA_BROKERS, SMTP_URL.',
  ].join('\n');
}

async function requireMaven() {
  const maven = findCommand('mvn');
  if (maven === undefined) throw new StartError('mvn is not on the PATH: install Maven');
  return maven;
}

async function locate(services: ServiceName[]): Promise<Programs & { note: string }> {
  const versions: string[] = [];
  const programs: Programs = {};
  const find = async (name: Program, label: string) => {
    const found = await findProgram(name);
    if (found === undefined) throw new StartError(`${label} was installed, but is not on the PATH`);
    versions.push(`${label} ${found.version}`);
    return found.file;
  };
  if (services.includes('mysql')) programs.mariadb = { server: await find('mariadb', 'MariaDB') };
  if (services.includes('redis')) programs.redis = { server: await find('redis', 'Redis') };
  if (services.includes('kafka')) programs.java = { java: await find('java', 'Java') };
  return { ...programs, note: versions.join(', ') };
}
