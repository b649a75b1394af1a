import { spawn } from 'node:child_process';
import { StartError } from '../cli/start-error.mjs';
import { portVariables } from '../config/settings.mjs';
import { rootDir } from '../paths.mjs';
import { findCommand, output } from './commands.mjs';

/**
 * @typedef {import('../config/settings.mjs').ServiceName} ServiceName
 * @typedef {import('../config/settings.mjs').Ports} Ports
 */

/** Compose is slow to answer when the engine starts up; a missing engine answers at once. */
const answerMs = 8000;

/** @returns {Promise<boolean>} whether a Docker engine with Compose 2 answers */
export async function hasDocker() {
  const docker = findCommand('docker');
  if (docker === undefined) return false;
  const answers = (/** @type {string[]} */ args) =>
    output(docker, args, { timeout: answerMs }).then(
      () => true,
      () => false,
    );
  return (await answers(['info'])) && (await answers(['compose', 'version']));
}

/**
 * @param {Ports} ports
 * @returns {Record<string, string | undefined>} the environment in which Compose fills in docker-compose.yml
 */
function composeEnv(ports) {
  const variables = Object.entries(portVariables).map(([key, [name]]) => [
    name,
    String(ports[/** @type {keyof Ports} */ (key)]),
  ]);
  return { ...process.env, ...Object.fromEntries(variables) };
}

/**
 * @param {ServiceName[]} services
 * @param {Ports} ports
 * @returns {Promise<ServiceName[]>} those of our containers that run already
 */
export async function runningContainers(services, ports) {
  const printed = await output('docker', ['compose', 'ps', '--services', '--status', 'running'], {
    cwd: rootDir,
    env: composeEnv(ports),
  }).catch(() => '');
  const names = new Set(printed.split(/\s+/));
  return services.filter((name) => names.has(name));
}

/**
 * Starts containers and waits until their health checks pass.
 * @param {ServiceName[]} services
 * @param {Ports} ports
 * @throws {StartError}
 */
export async function startContainers(services, ports) {
  const outcome = await compose(['up', '--detach', '--wait', '--wait-timeout', '180', ...services], ports);
  if (outcome !== 0)
    throw new StartError(`docker compose up failed (${outcome}); see: docker compose logs ${services.join(' ')}`);
}

/** @type {(services: ServiceName[]) => string[]} */
export const stopArguments = (services) => ['compose', 'stop', '--timeout', '5', ...services];

/**
 * @param {ServiceName[]} services
 * @param {Ports} ports
 */
export async function stopContainers(services, ports) {
  await compose(stopArguments(services).slice(1), ports);
}

/**
 * Removes containers and their volumes.
 * @param {Ports} ports
 */
export async function removeContainers(ports) {
  await compose(['down', '--volumes', '--timeout', '5'], ports);
}

/**
 * @param {string[]} args
 * @param {Ports} ports
 * @returns {Promise<number | string>}
 */
function compose(args, ports) {
  const child = spawn('docker', ['compose', '--progress', 'plain', ...args], {
    cwd: rootDir,
    env: composeEnv(ports),
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
  });
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('exit', (code, signal) => resolve(code ?? signal ?? 1));
  });
}
