import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ensureBuild } from '../app/build.mjs';
import { testHelp, wantsHelp } from '../cli/options.mjs';
import { say, step } from '../cli/progress.mjs';
import { describe } from '../cli/start-error.mjs';
import { localUrls, readSettings, serviceVariables } from '../config/settings.mjs';
import { maskSecrets } from '../config/urls.mjs';
import { ensurePrograms } from '../install/native.mjs';
import { ensureNodeModules } from '../install/node-modules.mjs';
import { localDir } from '../paths.mjs';
import { startGuard } from '../process/guard-client.mjs';
import { watchParent } from '../process/parent.mjs';
import { freePorts } from '../process/ports.mjs';
import { createShutdown, unlessAborted } from '../process/shutdown.mjs';
import { isAlive, signalGroup } from '../process/signals.mjs';
import { startNative } from '../services/native.mjs';
import { summarize } from './summary.mjs';
import { runVitest } from './vitest.mjs';

const testsDir = path.join(localDir, 'tests');

/**
 * `npm test`.
 * @param {string[]} args for vitest
 * @returns {Promise<number>} exit code
 */
export async function main(args) {
  if (wantsHelp(args)) {
    process.stdout.write(testHelp);
    return 0;
  }
  const shutdown = createShutdown();
  /** @type {{ code: number, summary: string }} */
  let result = { code: 1, summary: summarize({}, 1) };
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

/**
 * @param {string[]} args
 * @param {import('../process/shutdown.mjs').Shutdown} shutdown
 */
async function run(args, shutdown) {
  const settings = readSettings(process.env);
  watchParent(shutdown);
  const guard = startGuard();
  shutdown.add(9, () => guard.close());
  removeLeftovers();
  const dir = path.join(testsDir, `${process.pid}`);
  mkdirSync(dir, { recursive: true });
  shutdown.add(8, () => rmSync(dir, { recursive: true, force: true, maxRetries: 3 }));

  // The tests bring their own SMTP servers.
  const services = settings.local.filter((name) => name !== 'mail');
  const [mysql = 0, redis = 0, kafka = 0] = await freePorts(3);
  const ports = { ...settings.ports, mysql, redis, kafka };
  const started = startServices({ services, ports, dir, guard, shutdown });
  const built = step('packages', ensureNodeModules).then(() => step('build', ensureBuild));
  await Promise.all([started, built]);
  const names = services.flatMap((service) => serviceVariables[service]);
  const urls = Object.entries(localUrls(ports)).filter(([name]) => /** @type {string[]} */ (names).includes(name));
  // The chaos tests break servers: none that were given, none that the other tests use.
  const env = { ...process.env, ...Object.fromEntries(urls), TEST_SERVICES_STARTED: services.join(',') };
  return await runVitest(args, { env, dir, guard, shutdown });
}

/**
 * Servers of this run alone: other ports and other data than anybody else's.
 * @param {object} options
 * @param {import('../config/settings.mjs').ServiceName[]} options.services
 * @param {import('../config/settings.mjs').Ports} options.ports
 * @param {string} options.dir
 * @param {import('../process/guard-client.mjs').Guard} options.guard
 * @param {import('../process/shutdown.mjs').Shutdown} options.shutdown
 */
async function startServices({ services, ports, dir, guard, shutdown }) {
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
