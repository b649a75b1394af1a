import { say, step } from '../cli/progress.ts';
import { StartError } from '../cli/start-error.ts';
import type { Settings } from '../config/settings.ts';
import { appLogFile } from '../logs/arguments.ts';
import type { Guard } from '../process/guard-client.ts';
import { freePorts } from '../process/ports.ts';
import { type Shutdown, unlessAborted } from '../process/shutdown.ts';
import type { Readiness } from '../services/backing.ts';
import { ensureBuild } from './build.ts';
import { prepare } from './prepare.ts';
import { waitUntilAppIsReady } from './readiness.ts';
import { offlineCommand, superviseApp } from './supervisor.ts';
import { urlTable } from './url-table.ts';

/** The handlers may take this long to finish what they have in hand. */
const appGraceMs = 8500;

/** Builds, prepares and runs the application. */
export async function runApp({
  settings,
  services,
  shutdown,
  guard,
}: {
  settings: Settings;
  services: Readiness;
  shutdown: Shutdown;
  guard: Guard;
}) {
  const { ports, host, local, heapMb } = settings;
  const { signal } = shutdown;
  const [metricsPort = 0] = await freePorts(1);
  const env = { KAFKA_METRICS_PORT: String(metricsPort), ...appEnv(settings) };
  await step('build', ensureBuild);
  await services.mysql;
  await step('databases and tables', () => prepare('databases', { env, signal }));
  const topics = services.kafka.then(() => step('topics', () => prepare('topics', { env, signal })));
  topics.catch(() => {});
  // A broker of somebody else's may come later: the application does without it until then.
  if (local.includes('kafka')) await topics;
  await Promise.all([services.redis, services.mail]);
  if (signal.aborted) return;

  const app = superviseApp({ env, guard, command: offlineCommand(heapMb) });
  shutdown.add(0, () => step('stop the API', () => app.stop(appGraceMs)));
  shutdown.onForce(app.kill);
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  const ready = step('API', () =>
    waitUntilAppIsReady(`http://${name}:${ports.http}`, { needsKafka: local.includes('kafka'), signal }),
  );
  const hopeless = await unlessAborted(signal, Promise.race([ready, app.hopeless]));
  if (typeof hopeless === 'string') throw new StartError(hopeless);
  if (signal.aborted) return;
  app.markReady();
  say(`\n${urlTable(settings)}`);
}

/** What the application sees: everything is said, nothing is left to its defaults. */
function appEnv({ ports, host, local, urls }: Settings): Record<string, string | undefined> {
  return {
    // serverless-offline would print three lines for every request.
    SLS_LOG_LEVEL: 'warning',
    APP_LOG_FILE: appLogFile(process.env),
    USERS_BASE_URL: `http://127.0.0.1:${ports.http}`,
    ...(local.includes('mail') ? { MAIL_UI_URL: `http://127.0.0.1:${ports.mailUi}` } : {}),
    ...process.env,
    ...urls,
    HTTP_HOST: host,
    HTTP_PORT: String(ports.http),
    EMAIL_HTTP_PORT: String(ports.emailHttp),
    LAMBDA_PORT: String(ports.lambda),
  };
}
