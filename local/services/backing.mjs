import path from 'node:path';
import { say, step } from '../cli/progress.mjs';
import { ensurePrograms } from '../install/native.mjs';
import { dataDir, logDir, rootDir, runDir } from '../paths.mjs';
import { signalGroup } from '../process/signals.mjs';
import { startContainers, stopArguments, stopContainers } from './docker.mjs';
import { startNative } from './native.mjs';

/**
 * @typedef {import('../config/settings.mjs').Settings} Settings
 * @typedef {import('../config/settings.mjs').ServiceName} ServiceName
 * @typedef {import('../process/managed-process.mjs').ManagedProcess} ManagedProcess
 * @typedef {{ mysql: Promise<void>, redis: Promise<void>, kafka: Promise<void>, mail: Promise<void> }} Readiness
 * @typedef {object} BackingContext
 * @property {import('../process/shutdown.mjs').Shutdown} shutdown
 * @property {import('../process/guard-client.mjs').Guard} guard
 * @property {Promise<unknown>} packages when node_modules is there: the mail catcher needs it
 */

/** In which order services are stopped, after the application, and how long each may take: 15 s with everything else. */
const stopRules = {
  maildev: { order: 1, graceMs: 500 },
  Kafka: { order: 2, graceMs: 2500 },
  Redis: { order: 3, graceMs: 1000 },
  MariaDB: { order: 4, graceMs: 2500 },
};

/**
 * Starts the services whose URL is not set, as containers.
 * @param {Settings} settings
 * @param {BackingContext} context
 * @returns {Readiness}
 */
export function startInDocker({ local, ports }, { shutdown, guard }) {
  const names = local.join(', ');
  const ready = step(`containers: ${names}`, () => startContainers(local, ports));
  guard.atEnd('docker', stopArguments(local), rootDir);
  shutdown.add(1, async () => {
    await step(`stop containers: ${names}`, () => stopContainers(local, ports));
    guard.clear();
  });
  return { mysql: ready, redis: ready, kafka: ready, mail: ready };
}

/**
 * Starts the services whose URL is not set, as child processes.
 * @param {Settings} settings
 * @param {BackingContext} context
 * @returns {Readiness}
 */
export function startNatively(settings, { shutdown, guard, packages }) {
  /** @param {ServiceName[]} services */
  const begin = async (services) => {
    const programs = services.some((name) => name !== 'mail')
      ? await step('servers', () => ensurePrograms(services))
      : {};
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
  const servers = begin(settings.local.filter((name) => name !== 'mail'));
  const mail = packages.then(() => begin(settings.local.filter((name) => name === 'mail')));
  return {
    mysql: servers.then(({ mysql }) => mysql),
    redis: servers.then(({ redis }) => redis),
    kafka: servers.then(({ kafka }) => kafka),
    mail: mail.then(({ mail }) => mail),
  };
}

/**
 * @param {ManagedProcess} service
 * @param {import('../process/shutdown.mjs').Shutdown} shutdown
 */
function superviseUntilStop(service, shutdown) {
  const rule = stopRules[/** @type {keyof typeof stopRules} */ (service.name)];
  shutdown.add(rule.order, async () => {
    if (service.outcome() === undefined) await step(`stop ${service.name}`, () => service.stop(rule.graceMs));
  });
  shutdown.onForce(() => signalGroup(service.pid, 'SIGKILL'));
  void service.exited.then((outcome) => {
    if (shutdown.signal.aborted) return;
    say(`  ! ${service.name} ended (${outcome}); see ${path.relative(rootDir, logDir)}. Start again to bring it back.`);
  });
}
