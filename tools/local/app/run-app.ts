import { say, step } from '../cli/progress.ts';
import { reachable, type Settings } from '../cli/settings.ts';
import { maskSecrets, StartError } from '../cli/start-error.ts';
import type { Guard } from '../process/guard-client.ts';
import { freePorts } from '../process/ports.ts';
import { type Shutdown, unlessAborted } from '../process/shutdown.ts';
import type { Readiness } from '../services/backing.ts';
import { appLogFile } from './app-log.ts';
import { prepare } from './prepare.ts';
import { waitUntilAppIsReady } from './readiness.ts';
import { offlineCommand, superviseApp } from './supervisor.ts';

/** The time that the handlers have to finish their invocations. */
const appGraceMs = 8500;

/** Creates tables and topics and runs the built application. */
export async function runApp({
  settings,
  services,
  shutdown,
  guard,
  inspectPort,
}: {
  settings: Settings;
  services: Readiness;
  shutdown: Shutdown;
  guard: Guard;
  inspectPort?: number | undefined;
}): Promise<void> {
  const { ports, host, local, heapMb } = settings;
  const { signal } = shutdown;
  const [metricsPort = 0] = await freePorts(1);
  const env = { KAFKA_METRICS_PORT: String(metricsPort), ...appEnv(settings) };
  await prepareServices({ settings, services, env, signal });
  if (signal.aborted) return;

  const app = superviseApp({ env, guard, command: offlineCommand(heapMb, inspectPort) });
  shutdown.add(0, () => step('stop the API', () => app.stop(appGraceMs)));
  shutdown.onForce(app.kill);
  const baseUrl = `http://${reachable(host)}:${ports.http}`;
  const needsKafka = local.includes('kafka');
  const ready = step('API', () => waitUntilAppIsReady(baseUrl, { needsKafka, signal }));
  const reason = await unlessAborted(signal, Promise.race([ready, app.givenUp]));
  if (typeof reason === 'string') throw new StartError(reason);
  if (signal.aborted) return;
  app.markReady();
  say(`\n${urlTable(settings)}`);
  if (inspectPort !== undefined) say(`  Debugger     127.0.0.1:${inspectPort} (docs/local-run.md)`);
}

/** Creates databases, tables and topics as soon as their servers are ready. */
export async function prepareServices({
  settings,
  services,
  env = appEnv(settings),
  signal,
}: {
  settings: Settings;
  services: Readiness;
  env?: Record<string, string | undefined>;
  signal: AbortSignal;
}): Promise<void> {
  const topics = services.kafka.then(() => step('topics', () => prepare('topics', { env, signal })));
  topics.catch(() => {});
  await services.mysql;
  await step('databases and tables', () => prepare('databases', { env, signal }));
  // The user's own broker may come up later: until then the application runs without it.
  if (settings.local.includes('kafka')) await topics;
  await Promise.all([services.redis, services.mail]);
}

/** The application's environment: every setting is explicit. */
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

/** The URLs that a start ends with. */
export function urlTable({ host, ports, local, urls }: Settings): string {
  const name = reachable(host);
  const api = `http://${name}:${ports.http}`;
  const rows: [string, string][] = [
    ['Dashboard', `${api}/dashboard`],
    ['API', `${api}/api/users/`],
    ['Swagger UI', `${api}/swagger-ui/index.html`],
    ['OpenAPI', `${api}/openapi.json`],
    ['Health', `${api}/health/ready`],
    ['Second port', `http://${name}:${ports.emailHttp}`],
    ['Mails', local.includes('mail') ? `http://127.0.0.1:${ports.mailUi}` : `(sent to ${maskSecrets(urls.SMTP_URL)})`],
  ];
  return rows.map(([label, url]) => `  ${label.padEnd(11)}  ${url}`).join('\n');
}
