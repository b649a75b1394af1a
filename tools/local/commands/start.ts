import { performance } from 'node:perf_hooks';
import { LOCAL_PORTS } from '#shared/config/defaults.ts';
import { holderOf, tryLock } from '#tools/bootstrap/lock.mjs';
import { runDir } from '#tools/paths.ts';
import { ensureBuild } from '../app/build.ts';
import { prepareServices, runApp } from '../app/run-app.ts';
import { readOptions, runCommand, wholeNumber } from '../cli/options.ts';
import { say, seconds, step } from '../cli/progress.ts';
import { readSettings, type Settings } from '../cli/settings.ts';
import { StartError } from '../cli/start-error.ts';
import { confirmInstall } from '../install/consent.ts';
import { startGuard } from '../process/guard-client.ts';
import { watchParent } from '../process/parent.ts';
import { isPortTaken } from '../process/ports.ts';
import { runWithShutdown, type Shutdown, stayAlive, unlessAborted } from '../process/shutdown.ts';
import { startInDocker, startNatively } from '../services/backing.ts';
import {
  canRunContainers,
  type Docker,
  examineDocker,
  requireNoApplication,
  runningContainers,
} from '../services/docker.ts';
import { endStaleServices, servicesLock } from '../services/native.ts';
import { describeTaken, portsInUse, requireFreePorts } from '../services/port-check.ts';

/** Node's default. */
const DEBUGGER_PORT = 9229;

const help = `npm start [-- options]

Starts the whole system: packages, backing services, tables, topics, build, API. Ctrl-C stops all of it, in order. The last
lines list the URLs of dashboard, API, Swagger UI and mails.

  --services-only   starts the backing services, tables and topics alone, for npm run invoke or a debugger
  --inspect[=port]  lets a debugger attach (default port 9229): breakpoints in .ts files, in handlers of HTTP and Kafka
  --yes             installs missing packages without asking; on a terminal npm start asks once before apt-get runs
  --dev             accepted and ignored: a saved source file is always live on the next call
  --help

If something does not start, run npm run doctor: it examines this machine and says what to do.

A service whose URL is set is used as given; the others are started here, in Docker if an engine answers.
  USERS_DATABASE_URL, NOTIFICATIONS_DATABASE_URL   mysql://tester:password@127.0.0.1:23306/{users,notifications}
  REDIS_URL      redis://127.0.0.1:6379
  KAFKA_BROKERS  127.0.0.1:9092
  SMTP_URL       smtp://127.0.0.1:1025
Ports: HTTP_PORT 8081, EMAIL_HTTP_PORT 8083, LAMBDA_PORT 3002, MYSQL_PORT 23306, REDIS_PORT 6379, KAFKA_PORT 9092,
  SMTP_PORT 1025, MAIL_UI_PORT 8025.
NO_DOCKER=1 runs the services without Docker even if an engine answers; NO_INSTALL=1 never runs apt-get.
LOG_LEVEL=DEBUG logs more. LOG_FORMAT=json|pretty sets the format (default: pretty on a terminal).
npm run logs shows the log kept in .local/log/app.log.
OPERATOR_TOKEN restricts events, retries and the dashboard's figures to callers who send it.
Data is kept in .local (or in Docker volumes); npm run reset removes it.
`;

/** `npm start` */
export function main(args: string[]): Promise<number> {
  return runCommand(help, args, async () => {
    const { values } = readOptions(
      args.map((arg) => (arg === '--inspect' ? `--inspect=${DEBUGGER_PORT}` : arg)),
      {
        inspect: { type: 'string' },
        'services-only': { type: 'boolean', default: false },
        yes: { type: 'boolean', default: false },
        dev: { type: 'boolean' },
      },
    );
    const { 'services-only': servicesOnly, yes: isAgreed, inspect } = values;
    const inspectPort = inspect === undefined ? undefined : wholeNumber('--inspect', inspect, 65535);
    return await runWithShutdown((shutdown) => start({ servicesOnly, isAgreed, inspectPort, shutdown }));
  });
}

interface StartOptions {
  servicesOnly: boolean;
  /** Whether missing packages may be installed without a question. */
  isAgreed: boolean;
  inspectPort: number | undefined;
  shutdown: Shutdown;
}

/** Starts everything and runs until the end is requested. */
async function start({ servicesOnly, isAgreed, inspectPort, shutdown }: StartOptions) {
  const started = performance.now();
  const settings = readSettings(process.env);
  const { local } = settings;
  watchParent(shutdown);
  if (local.length > 0) await acquireServices(shutdown);
  const { signal } = shutdown;
  const place = await unlessAborted(signal, findPlace(settings, { servicesOnly, isAgreed, inspectPort, signal }));
  if (place === undefined) return;
  const { isDocker, running } = place;

  const guard = startGuard();
  shutdown.add(9, () => guard.close());
  const built = step('build', ensureBuild);
  built.catch(() => {});
  const services = isDocker
    ? startInDocker(settings, running, { shutdown, guard })
    : startNatively(settings, { shutdown, guard });
  const all = Promise.all(Object.values(services));
  const work = built.then(() =>
    servicesOnly
      ? prepareServices({ settings, services, signal: shutdown.signal })
      : runApp({ settings, services, shutdown, guard, inspectPort }),
  );
  await unlessAborted(shutdown.signal, Promise.race([work, failureOf([all])]));
  if (shutdown.signal.aborted) return;
  if (process.versions.node.startsWith('20.'))
    say(`\nNode ${process.versions.node} is past its end of life: use Node 24.`);
  say(`\nReady after ${seconds(performance.now() - started)}. Ctrl-C stops everything.`);
  await stayAlive(shutdown.signal, failureOf([work]));
}

/**
 * Decides where the services will run, before anything is started. Pulls missing images.
 * @returns running: services that `docker compose up` started
 * @throws {StartError} when a port is taken by something else, the application runs in Docker, or the user refuses to install what
 *   is missing
 */
async function findPlace(
  settings: Settings,
  { servicesOnly, isAgreed, inspectPort, signal }: Omit<StartOptions, 'shutdown'> & { signal: AbortSignal },
): Promise<{ isDocker: boolean; running: readonly string[] }> {
  const { local } = settings;
  const docker: Docker = local.length > 0 ? await examineDocker({ signal }) : { hasEngine: false };
  const isUsable = docker.hasEngine && docker.problem === undefined;
  const running = isUsable ? await runningContainers(settings, signal) : [];
  await requireFreePorts(settings, portsInUse(settings, { withApp: !servicesOnly, except: running }));
  if (!servicesOnly) await requireNoApplication(running, settings, signal);
  const same = portsInUse(settings, { withApp: !servicesOnly }).find((name) => settings.ports[name] === inspectPort);
  if (same !== undefined)
    throw new StartError(`--inspect and ${LOCAL_PORTS[same][0]} are both ${inspectPort}: set one to another port`);
  if (inspectPort !== undefined && (await isPortTaken(inspectPort)))
    throw new StartError(await describeTaken(inspectPort, 'the debugger', 'name another with --inspect=port'));
  const isDocker = await canRunContainers(local, settings, { docker, signal });
  if (!isDocker && !isAgreed && !signal.aborted) await confirmInstall(local);
  return { isDocker, running };
}

/** Rejects when one of several pieces of work does; never resolves. */
function failureOf(work: Promise<unknown>[]): Promise<never> {
  return new Promise((_resolve, reject) => {
    for (const piece of work) piece.catch(reject);
  });
}

async function acquireServices(shutdown: Shutdown) {
  const release = tryLock(servicesLock);
  if (release === undefined) {
    throw new StartError(
      `npm start is already running here (process ${holderOf(servicesLock)}): stop it first, or set the services' URLs`,
    );
  }
  shutdown.add(8, release);
  const ended = await endStaleServices(runDir);
  if (ended.length > 0) say(`  ✓ stopped services of an earlier start: ${ended.join(', ')}`);
}
