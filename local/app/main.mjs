import { performance } from 'node:perf_hooks';
import { requireKnown, startHelp, wantsHelp } from '../cli/options.mjs';
import { say, seconds, step } from '../cli/progress.mjs';
import { describe, StartError } from '../cli/start-error.mjs';
import { readSettings } from '../config/settings.mjs';
import { maskSecrets } from '../config/urls.mjs';
import { ensureNodeModules } from '../install/node-modules.mjs';
import { runDir } from '../paths.mjs';
import { startGuard } from '../process/guard-client.mjs';
import { holderOf, tryLock } from '../process/lock.mjs';
import { watchParent } from '../process/parent.mjs';
import { createShutdown, unlessAborted } from '../process/shutdown.mjs';
import { startInDocker, startNatively } from '../services/backing.mjs';
import { hasDocker, runningContainers } from '../services/docker.mjs';
import { endStaleServices } from '../services/native.mjs';
import { portsInUse, requireFreePorts } from '../services/port-check.mjs';
import { servicesLock } from '../services/services-lock.mjs';
import { runApp } from './run-app.mjs';

/**
 * `npm start`.
 * @param {string[]} args
 * @returns {Promise<number>} exit code
 */
export async function main(args) {
  if (wantsHelp(args)) {
    process.stdout.write(startHelp);
    return 0;
  }
  const shutdown = createShutdown();
  let code = 0;
  try {
    requireKnown(args, ['--services-only', '--dev']);
    await start({ servicesOnly: args.includes('--services-only'), shutdown });
  } catch (error) {
    process.stderr.write(`${maskSecrets(describe(error))}\n`);
    code = 1;
    shutdown.request('failure');
  }
  await shutdown.run();
  return code;
}

/**
 * Starts everything and stays until the end is asked for.
 * @param {{ servicesOnly: boolean, shutdown: import('../process/shutdown.mjs').Shutdown }} options
 */
async function start({ servicesOnly, shutdown }) {
  const started = performance.now();
  const settings = readSettings(process.env);
  const { local } = settings;
  const isDocker = local.length > 0 && !process.env.NO_DOCKER && (await hasDocker());
  if (local.length > 0) await takeServices(shutdown);
  const except = isDocker ? await runningContainers(local, settings.ports) : [];
  await requireFreePorts(settings, portsInUse(settings, { withApp: !servicesOnly, except }));
  watchParent(shutdown);

  const guard = startGuard();
  shutdown.add(9, () => guard.close());
  const packages = step('packages', ensureNodeModules);
  const begin = isDocker ? startInDocker : startNatively;
  const services = begin(settings, { shutdown, guard, packages });
  const all = Promise.all(Object.values(services));
  const work = servicesOnly ? all : runApp({ settings, services, packages, shutdown, guard });
  await unlessAborted(shutdown.signal, Promise.race([work, failureOf([all, packages])]));
  if (shutdown.signal.aborted) return;
  say(`\nReady after ${seconds(performance.now() - started)}. Ctrl-C stops everything.`);
  const keepAlive = setInterval(() => {}, 60_000);
  await unlessAborted(shutdown.signal, failureOf([work]));
  clearInterval(keepAlive);
}

/**
 * Fails when one of several pieces of work does, and never succeeds.
 * @param {Promise<unknown>[]} work
 * @returns {Promise<never>}
 */
function failureOf(work) {
  return new Promise((_resolve, reject) => {
    for (const piece of work) piece.catch(reject);
  });
}

/** @param {import('../process/shutdown.mjs').Shutdown} shutdown */
async function takeServices(shutdown) {
  const release = tryLock(servicesLock) ?? tryLock(servicesLock);
  if (release === undefined) {
    throw new StartError(
      `npm start runs here already (process ${holderOf(servicesLock)}): stop it first, or set the services' URLs`,
    );
  }
  shutdown.add(8, release);
  const ended = await endStaleServices(runDir);
  if (ended.length > 0) say(`  ✓ ended what an earlier start had left: ${ended.join(', ')}`);
}
