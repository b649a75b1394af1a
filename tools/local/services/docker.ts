import { spawn } from 'node:child_process';
import { LOCAL_PORTS } from '#shared/config/defaults.ts';
import { rootDir } from '#tools/paths.ts';
import type { PortName, Ports, ServiceName } from '../cli/settings.ts';
import { StartError } from '../cli/start-error.ts';
import { findCommand, output } from './commands.ts';

/** Compose is slow while the engine starts; without an engine it fails at once. */
const answerMs = 8000;

/** Whether a Docker engine with Compose 2 answers. */
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

/** The environment that docker-compose.yml's variables are read from. */
function composeEnv(ports: Ports): Record<string, string | undefined> {
  const variables = Object.entries(LOCAL_PORTS).map(([name, [variable]]) => [
    variable,
    String(ports[name as PortName]),
  ]);
  return { ...process.env, ...Object.fromEntries(variables) };
}

/** @returns the services whose containers are running */
export async function runningContainers(services: readonly ServiceName[], ports: Ports): Promise<ServiceName[]> {
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
    throw new StartError(
      `docker compose up failed (${outcome}). Run docker compose logs ${services.join(' ')} for details, or set NO_DOCKER=1.`,
    );
}

/** Arguments of `docker`. */
export function stopArguments(services: ServiceName[]): string[] {
  return ['compose', 'stop', '--timeout', '5', ...services];
}

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
