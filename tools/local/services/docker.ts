import { LOCAL_PORTS } from '#shared/config/defaults.ts';
import { say, step } from '../cli/progress.ts';
import type { PortName, Ports, ServiceName } from '../cli/settings.ts';
import { maskSecrets, StartError } from '../cli/start-error.ts';
import { waitFor } from '../cli/wait-for.ts';
import { areProgramsInstalled } from '../install/native.ts';
import { type Guard, noGuard } from '../process/guard-client.ts';
import { isAbandoned } from '../process/pid-file.ts';
import { findCommand } from './commands.ts';
import { docker, type Limits, NoAnswerError } from './docker-command.ts';
import { probes } from './probes.ts';
import { findVersion, isAtLeast } from './programs.ts';

/** Compose is slow while the engine starts; without an engine it fails at once. */
const answerMs = 8000;
/** An image of 300 MB over a slow connection; Ctrl-C ends it. */
const pullMs = 3_600_000;
/** An empty database initialises itself first. */
const readyMs = 180_000;
/** Every profile of docker-compose.yml: without them Compose leaves their containers, and with those the network. */
const profiles = ['tools', 'observability'];
/** docker-compose.yml has an optional env_file. */
const minimumCompose = '2.24';

/** A Compose project of docker-compose.yml: the default one, or one of a test run. */
export interface Project {
  ports: Ports;
  /** Default: the name in docker-compose.yml, or COMPOSE_PROJECT_NAME. */
  name?: string;
}

type Problem = { what: string; advice: string };

/** What the Docker engine can do here; `problem` says why one that is there, or that a variable names, cannot be used. */
export type Docker = { hasEngine: boolean; problem?: Problem | undefined };

/** Asks the engine and Compose. */
export async function examineDocker({ signal, limitMs = answerMs }: Limits = {}): Promise<Docker> {
  if (process.env.NO_DOCKER || findCommand('docker') === undefined) return { hasEngine: false };
  const limits = { signal, limitMs };
  const failure = await docker(['info'], limits).then(
    () => undefined,
    (error: unknown) => ({ problem: engineProblem(error, limitMs) }),
  );
  if (failure !== undefined) return { hasEngine: failure.problem !== undefined, ...failure };
  const problem = await docker(['compose', 'version', '--short'], limits).then(composeProblem, (error: unknown) =>
    error instanceof NoAnswerError ? engineProblem(error, limitMs) : composeProblem(''),
  );
  return { hasEngine: true, problem };
}

/** @returns undefined where no engine runs and none is expected */
function engineProblem(error: unknown, limitMs: number): Problem | undefined {
  const message = error instanceof Error ? error.message : '';
  // Of ssh it begins with a capital: there a key is refused.
  if (message.includes('permission denied')) {
    const advice = 'add yourself to the group docker: sudo usermod -aG docker $USER, then log in again';
    return { what: 'permission to use its engine is denied', advice };
  }
  const variable = ['DOCKER_HOST', 'DOCKER_CONTEXT'].find((name) => process.env[name]);
  if (variable !== undefined) {
    const what = `no engine answers at ${variable}=${maskSecrets(process.env[variable] ?? '')}`;
    return { what, advice: `start that engine, or correct or unset ${variable}` };
  }
  if (/context .*not found/i.test(message))
    return { what: 'its context is not found', advice: 'docker context use default' };
  if (error instanceof NoAnswerError)
    return { what: `its engine did not answer within ${limitMs / 1000} s`, advice: 'restart Docker' };
  return undefined;
}

/** @param printed its version; empty when it is missing */
function composeProblem(printed: string): Problem | undefined {
  const version = findVersion(`version ${printed.replace(/^v/, '')}`);
  if (version !== undefined && isAtLeast(version, minimumCompose)) return undefined;
  const what =
    version === undefined
      ? 'its Compose plugin is missing'
      : `its Compose is version ${version}, and ${minimumCompose} or later is needed`;
  return { what, advice: `install Docker Compose ${minimumCompose} or later` };
}

/**
 * Whether the services can run in containers. Pulls missing images. If an engine answers but cannot be used, one line says why.
 * @param options docker: what {@link examineDocker} found; signal: ends the pull
 */
export async function canRunContainers(
  services: readonly ServiceName[],
  project: Project,
  { docker: { hasEngine, problem }, signal }: { docker: Docker; signal: AbortSignal | undefined },
): Promise<boolean> {
  if (services.length === 0 || !hasEngine) return false;
  const reason = problem?.what ?? (await pullMissingImages(services, project, signal));
  if (signal?.aborted) return false;
  if (reason === undefined) return true;
  say(`  ! Docker cannot be used: ${reason}. Starting the servers without it (NO_DOCKER=1 skips this check).`);
  return false;
}

/** For tests: installed programs start faster, and where some are missing, containers leave the machine as it is. */
export async function prefersContainers(
  services: readonly ServiceName[],
  project: Project,
  signal?: AbortSignal,
): Promise<boolean> {
  if (services.length === 0 || (await areProgramsInstalled(services))) return false;
  return await canRunContainers(services, project, { docker: await examineDocker({ signal }), signal });
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
async function pullMissingImages(
  services: readonly ServiceName[],
  project: Project,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const { services: defined } = JSON.parse(await run(project, ['config', '--format', 'json'], { signal })) as {
    services: Record<string, { image?: string }>;
  };
  for (const name of services) {
    const image = defined[name]?.image ?? '';
    const isThere = await docker(['image', 'inspect', image], { signal, limitMs: answerMs }).then(
      () => true,
      () => false,
    );
    if (isThere) continue;
    try {
      await step(`pull ${image}`, () => run(project, ['pull', '--quiet', name], { signal, limitMs: pullMs }));
    } catch (error) {
      const message = (error instanceof Error ? error.message : String(error)).trim();
      // Docker's two image stores word it differently. MailHog has no arm64 image.
      const lacksPlatform = /no match(ing manifest| for platform)/.test(message);
      const advice = name === 'mail' && lacksPlatform ? ': set MAIL_CATCHER_IMAGE, see docs/docker.md' : '';
      return `pulling ${image} failed (${message.split('\n').at(-1)?.trim()})${advice}`;
    }
  }
  return undefined;
}

/** @returns the services whose containers are running, paused or being restarted, the application's included */
export function runningContainers(project: Project, signal?: AbortSignal): Promise<string[]> {
  return servicesIn(['paused', 'restarting', 'running'], project, signal);
}

/**
 * Two applications would share one database and its consumer groups.
 * @param running what {@link runningContainers} found
 * @throws {StartError} when the project's application runs or is being started
 */
export async function requireNoApplication(running: readonly string[], project: Project, signal: AbortSignal) {
  const names = running.filter((name) => name === 'app' || name === 'gateway');
  if (names.length > 0)
    throw new StartError(
      `the application runs in Docker already (${names.join(', ')}): run docker compose stop app gateway first`,
    );
  // `docker compose up` creates every container at once, and starts the application's when its servers are healthy.
  if (running.length > 0 && (await servicesIn(['created'], project, signal)).includes('app'))
    throw new StartError(
      'docker compose up is starting the application, or was interrupted: end it, then run docker compose rm --force app gateway',
    );
}

type Status = 'created' | 'paused' | 'restarting' | 'running';

async function servicesIn(statuses: readonly Status[], project: Project, signal?: AbortSignal): Promise<string[]> {
  const limits = { signal, limitMs: answerMs };
  const wanted = statuses.flatMap((status) => ['--status', status]);
  const printed = await run(project, ['ps', '--services', ...wanted], limits).catch(() => '');
  return printed.split(/\s+/).filter(Boolean);
}

/** `up` fails for a container that is paused. */
async function unpause(services: readonly ServiceName[], project: Project): Promise<void> {
  const paused = await servicesIn(['paused'], project);
  const ours = services.filter((name) => paused.includes(name));
  if (ours.length > 0) await run(project, ['unpause', ...ours]);
}

/**
 * Starts containers.
 * @returns ready: a promise per service, resolved once it answers, rejected with the end of the container's log;
 *   settled: resolved once no more containers are started, also after a failure; until then a stop may miss some
 */
export function startContainers(
  services: readonly ServiceName[],
  project: Project,
  guard: Guard = noGuard,
): { ready: Record<ServiceName, Promise<void>>; settled: Promise<void> } {
  const started = unpause(services, project)
    .then(() => run(project, ['up', '--detach', '--no-build', ...services], { guard }))
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
  return {
    ready: { mysql: ready('mysql'), redis: ready('redis'), kafka: ready('kafka'), mail: ready('mail') },
    settled: started.then(
      () => undefined,
      () => undefined,
    ),
  };
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
  const every = profiles.flatMap((profile) => ['--profile', profile]);
  return ['compose', ...every, ...projectArguments(name), 'down', '--volumes', '--timeout', '1'];
}

/** Removes containers, networks and volumes. */
export async function removeContainers(project: Project): Promise<void> {
  await docker(removeArguments(project), { env: environment(project) });
}

/** Removes the projects of test runs that were killed: those whose prefix a {@link processName} follows. */
export async function removeAbandonedProjects(prefix: string, ports: Ports) {
  const listed = await docker(['compose', 'ls', '--all', '--quiet']).catch(() => '');
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

/** Runs Compose like {@link docker}. */
function run(project: Project, args: readonly string[], limits: Limits = {}): Promise<string> {
  const all = ['compose', '--progress', 'quiet', ...projectArguments(project.name), ...args];
  return docker(all, { ...limits, env: environment(project) });
}
