import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import os from 'node:os';
import { LOCAL_PORTS } from '#shared/config/defaults.ts';
import type { AddressVariable } from '#shared/config/server-addresses.ts';
import { isHeld } from '#tools/bootstrap/lock.mjs';
import { arePackagesInstalled } from '#tools/bootstrap/run.mjs';
import { rootDir } from '#tools/paths.ts';
import { readOptions, runCommand } from '../cli/options.ts';
import {
  parseBrokers,
  readSettings,
  type ServiceName,
  type Settings,
  serviceNames,
  serviceVariables,
} from '../cli/settings.ts';
import { canInstallPackages } from '../install/apt.ts';
import { findChromium } from '../install/chromium.ts';
import { hasKafkaJars } from '../install/kafka-jars.ts';
import { labels, programsFor } from '../install/native.ts';
import { listenerOn } from '../process/listener.ts';
import { canConnect, isPortTaken } from '../process/ports.ts';
import { findCommand } from '../services/commands.ts';
import { examineDocker, runningContainers } from '../services/docker.ts';
import { servicesLock } from '../services/native.ts';
import { portsInUse, portUses, serviceOf } from '../services/port-check.ts';
import { findProgram } from '../services/programs.ts';
import {
  type Engine,
  type Finding,
  good,
  judgeDisk,
  judgeDocker,
  judgeMemory,
  judgePort,
  judgeProgram,
  judgeServer,
  note,
  report,
} from './doctor-findings.ts';

const help = `npm run doctor

Examines this machine: Node, packages, Docker or the servers' programs, ports, the servers whose URL is set, disk and memory.
Reports what is missing and what to do about it. It changes nothing; the exit code is 1 when npm start would fail.
`;

/** `npm run doctor` */
export function main(args: string[]): Promise<number> {
  return runCommand(help, args, async () => {
    readOptions(args, {});
    const { text, code } = report(await examine());
    process.stdout.write(text);
    return code;
  });
}

async function examine(): Promise<Finding[]> {
  const settings = readSettings(process.env);
  const docker = await examineDocker();
  const usesDocker = docker.hasEngine && docker.problem === undefined;
  const mayUse = !process.env.NO_DOCKER;
  const { bavail, bsize } = await statfs(rootDir);
  return [
    good(`Node ${process.versions.node}`),
    packages(),
    judgeDisk(bavail * bsize),
    judgeMemory(os.totalmem()),
    judgeDocker(docker, { mayUse, hasCli: findCommand('docker') !== undefined, installed: installedEngines() }),
    ...(usesDocker ? [] : await programs(settings, mayUse)),
    ...(await servers(settings)),
    ...(await ports(settings, usesDocker ? await runningContainers(settings) : [])),
    chromium(),
  ];
}

function packages(): Finding {
  if (existsSync(`${rootDir}/node_modules`) && arePackagesInstalled()) return good('npm packages: installed');
  return note('npm packages: missing or outdated', 'npm start installs them (npm ci)');
}

/** Engines that are installed on this machine, running or not. */
export function installedEngines(): Engine[] {
  const found: Engine[] = [];
  if (existsSync('/Applications/Docker.app')) found.push('desktop');
  if (findCommand('colima') !== undefined) found.push('colima');
  if (findCommand('podman') !== undefined) found.push('podman');
  if (findCommand('dockerd') !== undefined) found.push('dockerd');
  return found;
}

async function programs({ local }: Settings, mayUseDocker: boolean): Promise<Finding[]> {
  const canInstall = await canInstallPackages();
  const findings = await Promise.all(
    programsFor(local).map(async (name) =>
      judgeProgram(labels[name], { version: (await findProgram(name))?.version, canInstall, mayUseDocker }),
    ),
  );
  if (!local.includes('kafka')) return findings;
  const jars = hasKafkaJars() ? 'its jars are installed' : undefined;
  const maven = findCommand('mvn') === undefined ? undefined : 'Maven will download its jars';
  return [...findings, judgeProgram('Kafka', { version: jars ?? maven, canInstall, mayUseDocker })];
}

/** The servers whose URL is set. */
async function servers({ urls, local }: Settings): Promise<Finding[]> {
  const given = serviceNames.filter((name) => !local.includes(name)).flatMap((name) => [...serviceVariables[name]]);
  return await Promise.all(
    given.map(async (variable) => {
      const { host, port } = addressOf(variable, urls[variable]);
      const isReachable = await canConnect(host, port);
      return judgeServer(variable, { address: `${host}:${port}`, isReachable });
    }),
  );
}

function addressOf(variable: AddressVariable, value: string) {
  const [broker] = variable === 'KAFKA_BROKERS' ? parseBrokers(value) : [];
  if (broker !== undefined) return broker;
  const url = new URL(value);
  const fallback = { 'mysql:': 3306, 'redis:': 6379, 'rediss:': 6379, 'smtps:': 465 }[url.protocol] ?? 587;
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) || fallback };
}

/** @param running services that `docker compose up` started */
async function ports(settings: Settings, running: readonly string[]): Promise<Finding[]> {
  const isStarted = isHeld(servicesLock);
  const isAppStarted = isStarted && (await isAppLive(settings));
  const acceptedFrom = (service: ServiceName | undefined) => {
    if (service === undefined ? isAppStarted : isStarted) return 'npm start';
    return service !== undefined && running.includes(service) ? 'docker compose, npm start uses it' : undefined;
  };
  return await Promise.all(
    portsInUse(settings, { withApp: true }).map(async (name) => {
      const port = settings.ports[name];
      const isTaken = await isPortTaken(port);
      const accepted = acceptedFrom(serviceOf(name));
      const listener = isTaken && accepted === undefined ? await listenerOn(port) : undefined;
      const variable = LOCAL_PORTS[name][0];
      return judgePort(portUses[name], { port, variable, isTaken, acceptedFrom: accepted, listener });
    }),
  );
}

/** Whether the application answers on its port. */
async function isAppLive({ ports: { http } }: Settings) {
  const live = fetch(`http://127.0.0.1:${http}/health/live`, { signal: AbortSignal.timeout(1000) });
  return await live.then(
    ({ ok }) => ok,
    () => false,
  );
}

function chromium(): Finding {
  if (findChromium() !== undefined) return good('Chromium: installed, for npm run test:browser');
  return note('Chromium: missing', 'only npm run test:browser needs it, and installs it with apt');
}
