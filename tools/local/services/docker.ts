import { spawn } from 'node:child_process';
import { rootDir } from '#tools/paths.ts';
import { StartError } from '../cli/start-error.ts';
import { type Ports, portVariables, type ServiceName } from '../config/settings.ts';
import { findCommand, output } from './commands.ts';

/** Compose is slow to answer when the engine starts up; a missing engine answers at once. */
const answerMs = 8000;

/** @returns whether a Docker engine with Compose 2 answers */
export async function hasDocker(): Promise<boolean> {
  const docker = findCommand('docker');
  if (docker === undefined) return false;
  const answers = (args: string[]) =>
    output(docker, args, { timeout: answerMs }).then(
      () => true,
      () => false,
    );
  return (await answers(['info'])) && (await answers(['compose', 'version']));
}

/** @returns the environment in which Compose fills in docker-compose.yml */
function composeEnv(ports: Ports): Record<string, string | undefined> {
  const variables = Object.entries(portVariables).map(([key, [name]]) => [name, String(ports[key as keyof Ports])]);
  return { ...process.env, ...Object.fromEntries(variables) };
}

/** @returns those of our containers that run already */
export async function runningContainers(services: ServiceName[], ports: Ports): Promise<ServiceName[]> {
  const printed = await output('docker', ['compose', 'ps', '--services', '--status', 'running'], {
    cwd: rootDir,
    env: composeEnv(ports),
  }).catch(() => '');
  const names = new Set(printed.split(/\s+/));
  return services.filter((name) => names.has(name));
}

/**
 * Starts containers and waits until their health checks pass.
 * @throws {StartError}
 */
export async function startContainers(services: ServiceName[], ports: Ports) {
  const outcome = await compose(['up', '--detach', '--wait', '--wait-timeout', '180', ...services], ports);
  if (outcome !== 0)
    throw new StartError(`docker compose up failed (${outcome}); see: docker compose logs ${services.join(' ')}`);
}

export const stopArguments: (services: ServiceName[]) => string[] = (services) => [
  'compose',
  'stop',
  '--timeout',
  '5',
  ...services,
];

export async function stopContainers(services: ServiceName[], ports: Ports) {
  await compose(stopArguments(services).slice(1), ports);
}

/** Removes containers and their volumes. */
export async function removeContainers(ports: Ports) {
  await compose(['down', '--volumes', '--timeout', '5'], ports);
}

function compose(args: string[], ports: Ports): Promise<number | string> {
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
