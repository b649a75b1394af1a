import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import os from 'node:os';
import { doctorHelp, requireKnown, wantsHelp } from '../cli/options.mjs';
import { describe } from '../cli/start-error.mjs';
import { portVariables, readSettings, serviceVariables } from '../config/settings.mjs';
import { parseBrokers } from '../config/urls.mjs';
import { canInstallPackages } from '../install/apt.mjs';
import { findChromium } from '../install/chromium.mjs';
import { hasKafkaJars } from '../install/kafka-jars.mjs';
import { areInstalled } from '../install/node-modules.mjs';
import { rootDir } from '../paths.mjs';
import { holderOf } from '../process/lock.mjs';
import { canConnect, isPortTaken } from '../process/ports.mjs';
import { isAlive } from '../process/signals.mjs';
import { findCommand } from '../services/commands.mjs';
import { hasDocker } from '../services/docker.mjs';
import { portsInUse, portUses } from '../services/port-check.mjs';
import { findProgram } from '../services/programs.mjs';
import { servicesLock } from '../services/services-lock.mjs';
import { judgeDisk, judgeMemory, judgePort, judgeProgram, judgeServer, report } from './findings.mjs';

/**
 * @typedef {import('./findings.mjs').Finding} Finding
 * @typedef {import('../config/settings.mjs').Settings} Settings
 */

/**
 * `npm run doctor`.
 * @param {string[]} args
 * @returns {Promise<number>} exit code: 1 when npm start would fail
 */
export async function main(args) {
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

/** @returns {Promise<Finding[]>} */
async function examine() {
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

/** @returns {Finding} */
function packages() {
  if (existsSync(`${rootDir}/node_modules`) && areInstalled())
    return { state: 'good', what: 'npm packages: installed' };
  return { state: 'note', what: 'npm packages: not installed, or older', advice: 'npm start installs them (npm ci)' };
}

/**
 * @param {boolean} isDocker
 * @returns {Finding}
 */
const docker = (isDocker) =>
  isDocker
    ? { state: 'good', what: 'Docker: an engine answers, the servers run in containers' }
    : { state: 'note', what: 'Docker: no engine answers (or NO_DOCKER is set): the servers run as programs' };

/**
 * @param {Settings} settings
 * @returns {Promise<Finding[]>}
 */
async function programs({ local }) {
  const canInstall = await canInstallPackages();
  const version = async (/** @type {import('../services/programs.mjs').Program} */ name) =>
    (await findProgram(name))?.version;
  /** @type {Finding[]} */
  const findings = [];
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

/**
 * The servers whose URL is set.
 * @param {Settings} settings
 * @returns {Promise<Finding[]>}
 */
async function servers({ urls, local }) {
  const given = Object.entries(serviceVariables).filter(([name]) => !(/** @type {string[]} */ (local).includes(name)));
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

/**
 * @param {string} variable
 * @param {string} value
 */
function addressOf(variable, value) {
  const [broker] = variable === 'KAFKA_BROKERS' ? parseBrokers(variable, value) : [];
  if (broker !== undefined) return broker;
  const url = new URL(value);
  const fallback = { 'mysql:': 3306, 'redis:': 6379, 'rediss:': 6379, 'smtps:': 465 }[url.protocol] ?? 587;
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) || fallback };
}

/**
 * @param {Settings} settings
 * @returns {Promise<Finding[]>}
 */
async function ports(settings) {
  const isOurs = await runsHere(settings);
  return await Promise.all(
    portsInUse(settings, { withApp: true }).map(async (name) => {
      const port = settings.ports[name];
      const isTaken = await isPortTaken(port);
      return judgePort(portUses[name], { port, variable: portVariables[name][0], isTaken, isOurs });
    }),
  );
}

/**
 * Whether npm start runs in this folder, on these ports.
 * @param {Settings} settings
 */
async function runsHere({ ports: { http } }) {
  const holder = holderOf(servicesLock);
  if (holder === 0 || !isAlive(holder)) return false;
  const live = fetch(`http://127.0.0.1:${http}/health/live`, { signal: AbortSignal.timeout(1000) });
  return await live.then(
    ({ ok }) => ok,
    () => false,
  );
}

/** @returns {Finding} */
function chromium() {
  if (findChromium() !== undefined) return { state: 'good', what: 'Chromium: there, for npm run test:browser' };
  return {
    state: 'note',
    what: 'Chromium: not there',
    advice: 'only npm run test:browser needs it, and installs it with apt',
  };
}
