import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import os from 'node:os';
import { holderOf, isAlive } from '#tools/bootstrap/lock.mjs';
import { arePackagesInstalled } from '#tools/bootstrap/run.mjs';
import { rootDir } from '#tools/paths.ts';
import { doctorHelp, requireKnown, wantsHelp } from '../cli/options.ts';
import { describe } from '../cli/start-error.ts';
import { portVariables, readSettings, type Settings, serviceVariables } from '../config/settings.ts';
import { parseBrokers } from '../config/urls.ts';
import {
  type Finding,
  judgeDisk,
  judgeMemory,
  judgePort,
  judgeProgram,
  judgeServer,
  report,
} from '../doctor/findings.ts';
import { canInstallPackages } from '../install/apt.ts';
import { findChromium } from '../install/chromium.ts';
import { hasKafkaJars } from '../install/kafka-jars.ts';
import { canConnect, isPortTaken } from '../process/ports.ts';
import { findCommand } from '../services/commands.ts';
import { hasDocker } from '../services/docker.ts';
import { portsInUse, portUses } from '../services/port-check.ts';
import { findProgram, type Program } from '../services/programs.ts';
import { servicesLock } from '../services/services-lock.ts';

/**
 * `npm run doctor`.
 * @returns exit code: 1 when npm start would fail
 */
export async function main(args: string[]): Promise<number> {
  if (wantsHelp(args)) {
    process.stdout.write(doctorHelp);
    return 0;
  }
  try {
    requireKnown(args, []);
    const { text, code } = report(await examine());
    process.stdout.write(text);
    return code;
  } catch (error) {
    process.stderr.write(`${describe(error)}\n`);
    return 1;
  }
}

async function examine(): Promise<Finding[]> {
  const settings = readSettings(process.env);
  const isDocker = !process.env.NO_DOCKER && (await hasDocker());
  const { bavail, bsize } = await statfs(rootDir);
  return [
    { state: 'good', what: `Node ${process.versions.node}` },
    packages(),
    judgeDisk(bavail * bsize),
    judgeMemory(os.totalmem()),
    docker(isDocker),
    ...(isDocker ? [] : await programs(settings)),
    ...(await servers(settings)),
    ...(await ports(settings)),
    chromium(),
  ];
}

function packages(): Finding {
  if (existsSync(`${rootDir}/node_modules`) && arePackagesInstalled())
    return { state: 'good', what: 'npm packages: installed' };
  return { state: 'note', what: 'npm packages: not installed, or older', advice: 'npm start installs them (npm ci)' };
}

function docker(isDocker: boolean): Finding {
  return isDocker
    ? { state: 'good', what: 'Docker: an engine answers, the servers run in containers' }
    : { state: 'note', what: 'Docker: no engine answers (or NO_DOCKER is set): the servers run as programs' };
}

async function programs({ local }: Settings): Promise<Finding[]> {
  const canInstall = await canInstallPackages();
  const version = async (name: Program) => (await findProgram(name))?.version;
  const findings: Finding[] = [];
  if (local.includes('mysql'))
    findings.push(judgeProgram('MariaDB 10.6+', { version: await version('mariadb'), canInstall }));
  if (local.includes('redis'))
    findings.push(judgeProgram('Redis 6.2+', { version: await version('redis'), canInstall }));
  if (local.includes('kafka')) {
    findings.push(judgeProgram('Java 17+', { version: await version('java'), canInstall }));
    const jars = hasKafkaJars() ? 'its jars are here' : undefined;
    const maven = findCommand('mvn') === undefined ? undefined : 'Maven will fetch its jars';
    findings.push(judgeProgram('Kafka', { version: jars ?? maven, canInstall }));
  }
  return findings;
}

/** The servers whose URL is set. */
async function servers({ urls, local }: Settings): Promise<Finding[]> {
  const given = Object.entries(serviceVariables).filter(([name]) => !(local as string[]).includes(name));
  return await Promise.all(
    given
      .flatMap(([, variables]) => variables)
      .map(async (variable) => {
        const { host, port } = addressOf(variable, urls[variable] ?? '');
        const isReachable = await canConnect(host, port);
        return judgeServer(variable, { address: `${host}:${port}`, isReachable });
      }),
  );
}

function addressOf(variable: string, value: string) {
  const [broker] = variable === 'KAFKA_BROKERS' ? parseBrokers(variable, value) : [];
  if (broker !== undefined) return broker;
  const url = new URL(value);
  const fallback = { 'mysql:': 3306, 'redis:': 6379, 'rediss:': 6379, 'smtps:': 465 }[url.protocol] ?? 587;
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) || fallback };
}

async function ports(settings: Settings): Promise<Finding[]> {
  const isOurs = await runsHere(settings);
  return await Promise.all(
    portsInUse(settings, { withApp: true }).map(async (name) => {
      const port = settings.ports[name];
      const isTaken = await isPortTaken(port);
      return judgePort(portUses[name], { port, variable: portVariables[name][0], isTaken, isOurs });
    }),
  );
}

/** Whether npm start runs in this folder, on these ports. */
async function runsHere({ ports: { http } }: Settings) {
  const holder = holderOf(servicesLock);
  if (holder === 0 || !isAlive(holder)) return false;
  const live = fetch(`http://127.0.0.1:${http}/health/live`, { signal: AbortSignal.timeout(1000) });
  return await live.then(
    ({ ok }) => ok,
    () => false,
  );
}

function chromium(): Finding {
  if (findChromium() !== undefined) return { state: 'good', what: 'Chromium: there, for npm run test:browser' };
  return {
    state: 'note',
    what: 'Chromium: not there',
    advice: 'only npm run test:browser needs it, and installs it with apt',
  };
}
