import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { localUrls } from '#shared/config/defaults.ts';
import { localDir, rootDir } from '#tools/paths.ts';
import { ensureBuild } from '../app/build.ts';
import { runCommand } from '../cli/options.ts';
import { say, step } from '../cli/progress.ts';
import { readSettings, type ServiceName, serviceVariables } from '../cli/settings.ts';
import { describe } from '../cli/start-error.ts';
import { ensurePrograms } from '../install/native.ts';
import { startGuard } from '../process/guard-client.ts';
import { watchParent } from '../process/parent.ts';
import { isAbandoned, processName } from '../process/pid-file.ts';
import { freePorts } from '../process/ports.ts';
import { createShutdown, type Shutdown, unlessAborted } from '../process/shutdown.ts';
import { signalGroup } from '../process/signals.ts';
import {
  type Project,
  prefersContainers,
  removeAbandonedProjects,
  removeArguments,
  removeContainers,
  startContainers,
} from '../services/docker.ts';
import { type NativeOptions, startNative } from '../services/native.ts';
import { needsServers, readProjects } from './test-projects.ts';
import { runVitest, summarize } from './test-vitest.ts';

const help = `npm test [-- arguments of vitest]

Runs the tests against a database, Redis and Kafka of their own, on free ports, with fresh data: installed programs (MariaDB,
Redis, Kafka on Java), or containers where a Docker engine answers and programs are missing. Where USERS_DATABASE_URL and
NOTIFICATIONS_DATABASE_URL, REDIS_URL or KAFKA_BROKERS is set, that server is used as given instead.

  npm test -- tests/unit          only these files
  npm test -- --project unit      only this kind: unit, property, integration, system, chaos
  npm test -- -t "a test's name"
  npm run test:unit               unit and property tests; these start no servers
  npm run test:browser            the pages in a real Chromium; SCREENSHOTS=1 makes the pictures in docs/images instead
  .ci/run                         everything that a change must pass
`;

const testsDir = path.join(localDir, 'tests');
/** Compose projects of test runs; {@link ownName} follows. */
const projectPrefix = 'registration-test-';
const ownName = processName(process.pid);

/** `npm test` */
export function main(args: string[]): Promise<number> {
  return runCommand(help, args, async () => {
    const shutdown = createShutdown();
    const failure = { code: 1, summary: summarize({}, 1) };
    const result = await unlessAborted(shutdown.signal, run(args, shutdown)).catch((error: unknown) => {
      process.stderr.write(`${describe(error)}\n`);
      shutdown.request('failure');
      return failure;
    });
    await shutdown.run();
    const { code, summary } = result ?? { ...failure, code: 130 };
    say(summary);
    return code;
  });
}

async function run(args: string[], shutdown: Shutdown) {
  const settings = readSettings(process.env);
  watchParent(shutdown);
  const guard = startGuard();
  shutdown.add(9, () => guard.close());
  removeLeftovers();
  const dir = path.join(testsDir, ownName);
  mkdirSync(dir, { recursive: true });
  shutdown.add(8, () => rmSync(dir, { recursive: true, force: true, maxRetries: 3 }));

  const selection = readProjects(args);
  // The tests start their own SMTP servers.
  const services = selection.projects.some(needsServers) ? settings.local.filter((name) => name !== 'mail') : [];
  const [mysql = 0, redis = 0, kafka = 0] = await freePorts(3);
  const ports = { ...settings.ports, mysql, redis, kafka };
  const starting = startServices({ services, ports, dir, guard }, shutdown);
  const [kind] = await Promise.all([starting, step('build', ensureBuild)]);
  const addresses = localUrls(ports);
  const urls = services.flatMap((service) => serviceVariables[service]).map((name) => [name, addresses[name]]);
  // The chaos tests break servers: they must know which ones belong to this run.
  const env = {
    ...process.env,
    ...Object.fromEntries(urls),
    ENV_FILE: '',
    TEST_SERVICES_STARTED: services.join(','),
    TEST_SERVERS: kind,
  };
  return await runVitest(selection, { env, dir, guard, shutdown });
}

type ServerOptions = Pick<NativeOptions, 'ports' | 'dir' | 'guard'> & { services: ServiceName[] };

/**
 * Servers for this run alone, with their own ports and data: programs if all are installed, else containers where an engine
 * answers, else programs that are installed now.
 */
async function startServices(options: ServerOptions, shutdown: Shutdown): Promise<'containers' | 'programs'> {
  const { services, ports } = options;
  const project = { name: `${projectPrefix}${ownName}`, ports };
  const isDocker = await prefersContainers(services, project, shutdown.signal);
  shutdown.signal.throwIfAborted();
  if (!isDocker) {
    await startPrograms(options, shutdown);
    return 'programs';
  }
  await startInContainers(options, project, shutdown);
  say('  ! skipped: the tests that start MariaDB, Redis or Kafka with settings of their own; they need the programs');
  return 'containers';
}

async function startInContainers({ services, guard }: ServerOptions, project: Project, shutdown: Shutdown) {
  await removeAbandonedProjects(projectPrefix, project.ports);
  shutdown.signal.throwIfAborted();
  guard.atEnd('docker', removeArguments(project), rootDir);
  const { ready, settled } = startContainers(services, project, guard);
  shutdown.add(1, async () => {
    await step('remove containers', async () => {
      await settled;
      await removeContainers(project);
    });
    guard.clear();
  });
  await step(`containers: ${services.join(', ')}`, async () => {
    await Promise.all(Object.values(ready));
  });
}

async function startPrograms(options: ServerOptions, shutdown: Shutdown) {
  const { services, dir } = options;
  if (services.length === 0) return;
  const programs = await step('servers', () => ensurePrograms(services));
  const ready = startNative({
    ...options,
    programs,
    logDir: path.join(dir, 'log'),
    isThrowAway: true,
    onStarted: (service) => {
      const kill = () => signalGroup(service.pid, 'SIGKILL');
      // Nobody reads their data again: no clean end is needed.
      shutdown.add(1, async () => {
        kill();
        await service.exited;
      });
      shutdown.onForce(kill);
    },
  });
  await Promise.all(Object.values(ready));
}

/** Removes the folders of killed runs. */
function removeLeftovers() {
  mkdirSync(testsDir, { recursive: true });
  for (const name of readdirSync(testsDir)) {
    if (isAbandoned(name)) rmSync(path.join(testsDir, name), { recursive: true, force: true });
  }
}
