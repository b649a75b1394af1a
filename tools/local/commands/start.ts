import { performance } from 'node:perf_hooks';
import { holderOf, tryLock } from '#tools/bootstrap/lock.mjs';
import { runDir } from '#tools/paths.ts';
import { runApp } from '../app/run-app.ts';
import { requireKnown, startHelp, wantsHelp } from '../cli/options.ts';
import { say, seconds } from '../cli/progress.ts';
import { describe, StartError } from '../cli/start-error.ts';
import { readSettings } from '../config/settings.ts';
import { maskSecrets } from '../config/urls.ts';
import { startGuard } from '../process/guard-client.ts';
import { watchParent } from '../process/parent.ts';
import { createShutdown, type Shutdown, unlessAborted } from '../process/shutdown.ts';
import { startInDocker, startNatively } from '../services/backing.ts';
import { hasDocker, runningContainers } from '../services/docker.ts';
import { endStaleServices } from '../services/native.ts';
import { portsInUse, requireFreePorts } from '../services/port-check.ts';
import { servicesLock } from '../services/services-lock.ts';

/**
 * `npm start`.
 * @returns exit code
 */
export async function main(args: string[]): Promise<number> {
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

/** Starts everything and stays until the end is asked for. */
async function start({ servicesOnly, shutdown }: { servicesOnly: boolean; shutdown: Shutdown }) {
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
  const begin = isDocker ? startInDocker : startNatively;
  const services = begin(settings, { shutdown, guard });
  const all = Promise.all(Object.values(services));
  const work = servicesOnly ? all : runApp({ settings, services, shutdown, guard });
  await unlessAborted(shutdown.signal, Promise.race([work, failureOf([all])]));
  if (shutdown.signal.aborted) return;
  if (process.versions.node.startsWith('20.'))
    say(`\nNode ${process.versions.node} is past its end of life: use Node 24.`);
  say(`\nReady after ${seconds(performance.now() - started)}. Ctrl-C stops everything.`);
  const keepAlive = setInterval(() => {}, 60_000);
  await unlessAborted(shutdown.signal, failureOf([work]));
  clearInterval(keepAlive);
}

/** Fails when one of several pieces of work does, and never succeeds. */
function failureOf(work: Promise<unknown>[]): Promise<never> {
  return new Promise((_resolve, reject) => {
    for (const piece of work) piece.catch(reject);
  });
}

async function takeServices(shutdown: Shutdown) {
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
