import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { isAlive } from '#tools/bootstrap/lock.mjs';
import { localDir } from '#tools/paths.ts';
import { ensureBuild } from '../app/build.ts';
import { testHelp, wantsHelp } from '../cli/options.ts';
import { say, step } from '../cli/progress.ts';
import { describe } from '../cli/start-error.ts';
import { localUrls, type Ports, readSettings, type ServiceName, serviceVariables } from '../config/settings.ts';
import { maskSecrets } from '../config/urls.ts';
import { ensurePrograms } from '../install/native.ts';
import { type Guard, startGuard } from '../process/guard-client.ts';
import { watchParent } from '../process/parent.ts';
import { freePorts } from '../process/ports.ts';
import { createShutdown, type Shutdown, unlessAborted } from '../process/shutdown.ts';
import { signalGroup } from '../process/signals.ts';
import { startNative } from '../services/native.ts';
import { needsServers, readProjects } from '../testing/projects.ts';
import { summarize } from '../testing/summary.ts';
import { runVitest } from '../testing/vitest.ts';

const testsDir = path.join(localDir, 'tests');

/**
 * `npm test`.
 * @param args for vitest
 * @returns exit code
 */
export async function main(args: string[]): Promise<number> {
  if (wantsHelp(args)) {
    process.stdout.write(testHelp);
    return 0;
  }
  const shutdown = createShutdown();
  let result: { code: number; summary: string } = { code: 1, summary: summarize({}, 1) };
  try {
    result = (await unlessAborted(shutdown.signal, run(args, shutdown))) ?? { ...result, code: 130 };
  } catch (error) {
    process.stderr.write(`${maskSecrets(describe(error))}\n`);
    shutdown.request('failure');
  }
  await shutdown.run();
  say(result.summary);
  return result.code;
}

async function run(args: string[], shutdown: Shutdown) {
  const settings = readSettings(process.env);
  watchParent(shutdown);
  const guard = startGuard();
  shutdown.add(9, () => guard.close());
  removeLeftovers();
  const dir = path.join(testsDir, `${process.pid}`);
  mkdirSync(dir, { recursive: true });
  shutdown.add(8, () => rmSync(dir, { recursive: true, force: true, maxRetries: 3 }));

  const { projects, rest } = readProjects(args);
  // The tests bring their own SMTP servers.
  const services = projects.some(needsServers) ? settings.local.filter((name) => name !== 'mail') : [];
  const [mysql = 0, redis = 0, kafka = 0] = await freePorts(3);
  const ports = { ...settings.ports, mysql, redis, kafka };
  const started = startServices({ services, ports, dir, guard, shutdown });
  const built = step('build', ensureBuild);
  await Promise.all([started, built]);
  const names = services.flatMap((service) => serviceVariables[service]);
  const urls = Object.entries(localUrls(ports)).filter(([name]) => (names as string[]).includes(name));
  // The chaos tests break servers: none that were given, none that the other tests use.
  const env = { ...process.env, ...Object.fromEntries(urls), TEST_SERVICES_STARTED: services.join(',') };
  return await runVitest(projects, rest, { env, dir, guard, shutdown });
}

/** Servers of this run alone: other ports and other data than anybody else's. */
async function startServices({
  services,
  ports,
  dir,
  guard,
  shutdown,
}: {
  services: ServiceName[];
  ports: Ports;
  dir: string;
  guard: Guard;
  shutdown: Shutdown;
}) {
  if (services.length === 0) return;
  const programs = await step('servers', () => ensurePrograms(services));
  const ready = startNative({
    services,
    ports,
    programs,
    guard,
    dir,
    logDir: path.join(dir, 'log'),
    isThrowAway: true,
    onStarted: (service) => {
      // Their data goes away anyway.
      shutdown.add(1, async () => {
        signalGroup(service.pid, 'SIGKILL');
        await service.exited;
      });
      shutdown.onForce(() => signalGroup(service.pid, 'SIGKILL'));
    },
  });
  await Promise.all(Object.values(ready));
}

/** What runs that were killed have left. */
function removeLeftovers() {
  mkdirSync(testsDir, { recursive: true });
  for (const name of readdirSync(testsDir)) {
    if (!isAlive(Number(name))) rmSync(path.join(testsDir, name), { recursive: true, force: true });
  }
}
