import path from 'node:path';
import { dataDir, logDir, rootDir, runDir } from '#tools/paths.ts';
import { say, step } from '../cli/progress.ts';
import type { ServiceName, Settings } from '../cli/settings.ts';
import { ensurePrograms } from '../install/native.ts';
import type { Guard } from '../process/guard-client.ts';
import type { ManagedProcess } from '../process/managed-process.ts';
import type { Shutdown } from '../process/shutdown.ts';
import { signalGroup } from '../process/signals.ts';
import { startContainers, stopArguments, stopContainers } from './docker.ts';
import { startNative } from './native.ts';

/** When each service is ready. */
export type Readiness = Record<ServiceName, Promise<void>>;

export interface BackingContext {
  shutdown: Shutdown;
  guard: Guard;
}

/** The order in which services are stopped after the application, and the time each may take: with the rest 15 s. */
const stopRules = {
  maildev: { order: 1, graceMs: 500 },
  Kafka: { order: 2, graceMs: 2500 },
  Redis: { order: 3, graceMs: 1000 },
  MariaDB: { order: 4, graceMs: 2500 },
};

/**
 * Starts the services whose URL is not set, as containers.
 * @param running services that `docker compose up` started: they are left running at the end
 */
export function startInDocker(
  { local, ports }: Settings,
  running: readonly string[],
  { shutdown, guard }: BackingContext,
): Readiness {
  const project = { ports };
  const own = local.filter((name) => !running.includes(name));
  const { ready: services, settled } = startContainers(local, project, guard);
  for (const name of local) {
    const ready = services[name];
    services[name] = step(`container ${name} on port ${ports[name]}`, () => ready);
    // Awaited by whatever needs it: until then a failure is not unhandled.
    services[name].catch(() => {});
  }
  if (own.length === 0) return services;
  guard.atEnd('docker', stopArguments(own, project), rootDir);
  shutdown.add(1, async () => {
    await step(`stop containers: ${own.join(', ')}`, async () => {
      await settled;
      await stopContainers(own, project);
    });
    guard.clear();
  });
  return services;
}

/** Starts the services whose URL is not set, as child processes. */
export function startNatively({ local, ports }: Settings, { shutdown, guard }: BackingContext): Readiness {
  const begin = async () => {
    const needsPrograms = local.some((name) => name !== 'mail');
    const programs = needsPrograms ? await step('servers', () => ensurePrograms(local)) : {};
    const onStarted = (service: ManagedProcess) => superviseUntilStop(service, shutdown);
    return startNative({ services: local, ports, programs, guard, dir: dataDir, logDir, runDir, onStarted });
  };
  const services = begin();
  const ready = (name: ServiceName) => services.then((started) => started[name]);
  return { mysql: ready('mysql'), redis: ready('redis'), kafka: ready('kafka'), mail: ready('mail') };
}

function superviseUntilStop(service: ManagedProcess, shutdown: Shutdown) {
  const rule = stopRules[service.name as keyof typeof stopRules];
  shutdown.add(rule.order, async () => {
    if (service.outcome() === undefined) await step(`stop ${service.name}`, () => service.stop(rule.graceMs));
  });
  shutdown.onForce(() => signalGroup(service.pid, 'SIGKILL'));
  void service.exited.then((outcome) => {
    if (shutdown.signal.aborted) return;
    say(`  ! ${service.name} ended (${outcome}); see ${path.relative(rootDir, logDir)}. Restart npm start to recover.`);
  });
}
