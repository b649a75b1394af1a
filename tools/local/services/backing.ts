import path from 'node:path';
import { dataDir, logDir, rootDir, runDir } from '#tools/paths.ts';
import { say, step } from '../cli/progress.ts';
import type { Settings } from '../config/settings.ts';
import { ensurePrograms } from '../install/native.ts';
import type { Guard } from '../process/guard-client.ts';
import type { ManagedProcess } from '../process/managed-process.ts';
import type { Shutdown } from '../process/shutdown.ts';
import { signalGroup } from '../process/signals.ts';
import { startContainers, stopArguments, stopContainers } from './docker.ts';
import { startNative } from './native.ts';

export type Readiness = { mysql: Promise<void>; redis: Promise<void>; kafka: Promise<void>; mail: Promise<void> };

export interface BackingContext {
  shutdown: Shutdown;
  guard: Guard;
}

/** In which order services are stopped, after the application, and how long each may take: 15 s with everything else. */
const stopRules = {
  maildev: { order: 1, graceMs: 500 },
  Kafka: { order: 2, graceMs: 2500 },
  Redis: { order: 3, graceMs: 1000 },
  MariaDB: { order: 4, graceMs: 2500 },
};

/** Starts the services whose URL is not set, as containers. */
export function startInDocker({ local, ports }: Settings, { shutdown, guard }: BackingContext): Readiness {
  const names = local.join(', ');
  const ready = step(`containers: ${names}`, () => startContainers(local, ports));
  guard.atEnd('docker', stopArguments(local), rootDir);
  shutdown.add(1, async () => {
    await step(`stop containers: ${names}`, () => stopContainers(local, ports));
    guard.clear();
  });
  return { mysql: ready, redis: ready, kafka: ready, mail: ready };
}

/** Starts the services whose URL is not set, as child processes. */
export function startNatively(settings: Settings, { shutdown, guard }: BackingContext): Readiness {
  const begin = async () => {
    const services = settings.local;
    const needsPrograms = services.some((name) => name !== 'mail');
    const programs = needsPrograms ? await step('servers', () => ensurePrograms(services)) : {};
    return startNative({
      services,
      ports: settings.ports,
      programs,
      guard,
      dir: dataDir,
      logDir,
      runDir,
      onStarted: (service) => superviseUntilStop(service, shutdown),
    });
  };
  const services = begin();
  return {
    mysql: services.then(({ mysql }) => mysql),
    redis: services.then(({ redis }) => redis),
    kafka: services.then(({ kafka }) => kafka),
    mail: services.then(({ mail }) => mail),
  };
}

function superviseUntilStop(service: ManagedProcess, shutdown: Shutdown) {
  const rule = stopRules[service.name as keyof typeof stopRules];
  shutdown.add(rule.order, async () => {
    if (service.outcome() === undefined) await step(`stop ${service.name}`, () => service.stop(rule.graceMs));
  });
  shutdown.onForce(() => signalGroup(service.pid, 'SIGKILL'));
  void service.exited.then((outcome) => {
    if (shutdown.signal.aborted) return;
    say(`  ! ${service.name} ended (${outcome}); see ${path.relative(rootDir, logDir)}. Start again to bring it back.`);
  });
}
