import { say, step } from '../cli/progress.mjs';
import { StartError } from '../cli/start-error.mjs';
import { appLogFile } from '../logs/arguments.mjs';
import { freePorts } from '../process/ports.mjs';
import { unlessAborted } from '../process/shutdown.mjs';
import { ensureBuild } from './build.mjs';
import { prepare } from './prepare.mjs';
import { waitUntilAppIsReady } from './readiness.mjs';
import { offlineCommand, superviseApp } from './supervisor.mjs';
import { urlTable } from './url-table.mjs';

/** The handlers may take this long to finish what they have in hand. */
const appGraceMs = 8500;

/**
 * Builds, prepares and runs the application.
 * @param {object} parts
 * @param {import('../config/settings.mjs').Settings} parts.settings
 * @param {import('../services/backing.mjs').Readiness} parts.services
 * @param {Promise<unknown>} parts.packages
 * @param {import('../process/shutdown.mjs').Shutdown} parts.shutdown
 * @param {import('../process/guard-client.mjs').Guard} parts.guard
 */
export async function runApp({ settings, services, packages, shutdown, guard }) {
  const { ports, host, local, heapMb } = settings;
  const { signal } = shutdown;
  const [metricsPort = 0] = await freePorts(1);
  const env = { KAFKA_METRICS_PORT: String(metricsPort), ...appEnv(settings) };
  await packages;
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

/**
 * What the application sees: everything is said, nothing is left to its defaults.
 * @param {import('../config/settings.mjs').Settings} settings
 * @returns {Record<string, string | undefined>}
 */
function appEnv({ ports, host, local, urls }) {
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
