import { spawn } from 'node:child_process';
import { LOCAL_PORTS } from '#shared/config/defaults.ts';
import { rootDir } from '#tools/paths.ts';
import { say, step } from '../cli/progress.ts';
import type { PortName, Ports, ServiceName } from '../cli/settings.ts';
import { StartError } from '../cli/start-error.ts';
import { waitFor } from '../cli/wait-for.ts';
import { areProgramsInstalled } from '../install/native.ts';
import { isAbandoned } from '../process/pid-file.ts';
import { findCommand, output } from './commands.ts';
import { probes } from './probes.ts';
import { findVersion, isAtLeast } from './programs.ts';

/** Compose is slow while the engine starts; without an engine it fails at once. */
const answerMs = 8000;
/** An empty database initialises itself first. */
const readyMs = 180_000;
/** docker-compose.yml has an optional env_file. */
const minimumCompose = '2.24';

/** A Compose project of docker-compose.yml: the default one, or one of a test run. */
export interface Project {
  ports: Ports;
  /** Default: the name in docker-compose.yml, or COMPOSE_PROJECT_NAME. */
  name?: string;
}

/** What the Docker engine can do here: nothing without an engine; `problem` says why one that answers cannot be used. */
export type Docker = { hasEngine: boolean; problem?: string };

/** Asks the engine and Compose. */
export async function examineDocker(): Promise<Docker> {
  const docker = process.env.NO_DOCKER ? undefined : findCommand('docker');
  if (docker === undefined) return { hasEngine: false };
  const ask = (...args: string[]) => output(docker, args, { timeout: answerMs }).catch(() => undefined);
  if ((await ask('info')) === undefined) return { hasEngine: false };
  const version = findVersion(`version ${(await ask('compose', 'version', '--short'))?.replace(/^v/, '') ?? ''}`);
  if (version === undefined) return { hasEngine: true, problem: 'its Compose plugin is missing' };
  if (isAtLeast(version, minimumCompose)) return { hasEngine: true };
  return { hasEngine: true, problem: `its Compose is version ${version}, and ${minimumCompose} or later is needed` };
}

/**
 * Whether the services can run in containers. Pulls missing images. If an engine answers but cannot be used, one line says why.
 * @throws {StartError} when a port is taken by something else
 */
export async function canRunContainers(services: readonly ServiceName[], project: Project): Promise<boolean> {
  if (services.length === 0) return false;
  const { hasEngine, problem } = await examineDocker();
  if (!hasEngine) return false;
  const reason = problem ?? (await pullMissingImages(services, project));
  if (reason === undefined) return true;
  say(`  ! Docker cannot be used: ${reason}. Starting the servers without it (NO_DOCKER=1 skips this check).`);
  return false;
}

/** For tests: installed programs start faster, and where some are missing, containers leave the machine as it is. */
export async function prefersContainers(services: readonly ServiceName[], project: Project): Promise<boolean> {
  return !(await areProgramsInstalled(services)) && (await canRunContainers(services, project));
}

/** Does one thing to the containers of a project that was started. */
export async function signalContainers(
  verb: 'kill' | 'pause' | 'unpause' | 'stop',
  services: readonly ServiceName[],
  project: Project,
): Promise<void> {
  await run(project, [verb, ...services]);
}

/** @returns why an image could not be pulled */
async function pullMissingImages(services: readonly ServiceName[], project: Project): Promise<string | undefined> {
  const { services: defined } = JSON.parse(await run(project, ['config', '--format', 'json'])) as {
    services: Record<string, { image?: string }>;
  };
  for (const name of services) {
    const image = defined[name]?.image ?? '';
    const isThere = await output('docker', ['image', 'inspect', image]).then(
      () => true,
      () => false,
    );
    if (isThere) continue;
    try {
      await step(`pull ${image}`, () => run(project, ['pull', '--quiet', name]));
    } catch (error) {
      const lines = (error instanceof Error ? error.message : String(error)).trim().split('\n');
      return `pulling ${image} failed (${lines.at(-1)?.trim()})`;
    }
  }
  return undefined;
}

/** @returns the services whose containers are running or paused, the application's included */
export async function runningContainers(project: Project): Promise<string[]> {
  if (process.env.NO_DOCKER || findCommand('docker') === undefined) return [];
  return [...(await servicesIn('running', project)), ...(await servicesIn('paused', project))];
}

async function servicesIn(status: 'running' | 'paused', project: Project): Promise<string[]> {
  const printed = await run(project, ['ps', '--services', '--status', status]).catch(() => '');
  return printed.split(/\s+/).filter(Boolean);
}

/** `up` fails for a container that is paused. */
async function unpause(services: readonly ServiceName[], project: Project): Promise<void> {
  const paused = await servicesIn('paused', project);
  const ours = services.filter((name) => paused.includes(name));
  if (ours.length > 0) await run(project, ['unpause', ...ours]);
}

/**
 * Starts containers.
 * @returns a promise per service, resolved once it answers
 * @throws {StartError} (each promise) with the end of the container's log
 */
export function startContainers(
  services: readonly ServiceName[],
  project: Project,
): Record<ServiceName, Promise<void>> {
  const started = unpause(services, project)
    .then(() => run(project, ['up', '--detach', '--no-build', ...services]))
    .catch((error: unknown) => {
      throw new StartError(`docker compose up failed:\n${error instanceof Error ? error.message : error}`);
    });
  const ready = async (name: ServiceName) => {
    if (!services.includes(name)) return;
    await started;
    if (await waitFor(() => probes[name](project.ports[name]), { timeoutMs: readyMs })) return;
    const log = await run(project, ['logs', '--no-log-prefix', '--tail', '12', name]).catch(() => '');
    throw new StartError(
      `the container of ${name} did not answer within ${readyMs / 1000} s; its log ends with:\n${log}`,
    );
  };
  return { mysql: ready('mysql'), redis: ready('redis'), kafka: ready('kafka'), mail: ready('mail') };
}

/** Arguments of `docker` that stop services and keep their data. */
export function stopArguments(services: readonly string[], { name }: Project): string[] {
  return ['compose', ...projectArguments(name), 'stop', '--timeout', '5', ...services];
}

export async function stopContainers(services: readonly string[], project: Project): Promise<void> {
  await run(project, ['stop', '--timeout', '5', ...services]).catch((error: unknown) => {
    say(`  ! docker compose stop failed: ${error instanceof Error ? error.message : error}`);
  });
}

/** Arguments of `docker` that remove a project with its data. */
export function removeArguments({ name }: Project): string[] {
  return ['compose', ...projectArguments(name), 'down', '--volumes', '--timeout', '1'];
}

/** Removes containers, networks and volumes. */
export async function removeContainers(project: Project): Promise<void> {
  await output('docker', removeArguments(project), { cwd: rootDir, env: environment(project) });
}

/** Removes the projects of test runs that were killed: those whose prefix a {@link processName} follows. */
export async function removeAbandonedProjects(prefix: string, ports: Ports) {
  const listed = await output('docker', ['compose', 'ls', '--all', '--quiet']).catch(() => '');
  const names = listed.split(/\s+/).filter((name) => name.startsWith(prefix) && isAbandoned(name.slice(prefix.length)));
  for (const name of names) await removeContainers({ name, ports }).catch(() => {});
}

function projectArguments(name: string | undefined): string[] {
  return name === undefined ? [] : ['--project-name', name];
}

/** The environment that docker-compose.yml's variables are read from. */
function environment({ ports }: Project): Record<string, string | undefined> {
  const variables = Object.entries(LOCAL_PORTS).map(([key, [variable]]) => [variable, String(ports[key as PortName])]);
  return { ...process.env, ...Object.fromEntries(variables) };
}

/**
 * Runs Compose to its end, in a process group of its own: Ctrl-C must not interrupt it in the middle.
 * @returns its standard output
 * @throws with what it printed to standard error
 */
function run(project: Project, args: readonly string[]): Promise<string> {
  const child = spawn('docker', ['compose', '--progress', 'quiet', ...projectArguments(project.name), ...args], {
    cwd: rootDir,
    env: environment(project),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let [out, errors] = ['', ''];
  child.stdout.on('data', (data) => {
    out += data;
  });
  child.stderr.on('data', (data) => {
    errors += data;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(out);
      else reject(new Error(errors.trim() || `docker compose ${args[0]} ended with ${code ?? signal}`));
    });
  });
}
