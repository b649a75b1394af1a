import { randomUUID } from 'node:crypto';
import { createDatabase } from '#shared/db/database.ts';
import { type SecretStore, startSecretStore, storeEnvironment } from '#tests/deploy/aws/secret-store.ts';
import { randomName } from '#tests/helpers/random.ts';
import { startMailServer, type TestMailServer } from '#tests/helpers/smtp-server.ts';

export const OPERATOR_TOKEN = `operator-${randomUUID()}`;
/** Headers of an operator's request. */
export const asOperator = { authorization: `Bearer ${OPERATOR_TOKEN}` };

export interface DeployedStage {
  readonly store: SecretStore;
  readonly mailServer: TestMailServer;
  /** added to each function's environment: AWS's address, and names that only this run uses */
  readonly env: Readonly<Record<string, string>>;
  readonly urls: { readonly users: string; readonly notifications: string; readonly redis: string };
  stop(): Promise<void>;
}

function databaseUrl(variable: string): string {
  const url = new URL(process.env[variable] ?? '');
  url.pathname = `/${randomName('d_')}`;
  return url.href;
}

/** Starts a stage whose parameters, which the template refers to, name the servers of this run. */
export async function startStage(changed: Readonly<Record<string, string>> = {}): Promise<DeployedStage> {
  const mailServer = await startMailServer();
  const urls = {
    users: databaseUrl('USERS_DATABASE_URL'),
    notifications: databaseUrl('NOTIFICATIONS_DATABASE_URL'),
    redis: process.env['REDIS_URL'] ?? '',
  };
  const at = (name: string): string => `/registration/prod/${name}`;
  const store = await startSecretStore({
    ...Object.fromEntries(
      ['database', 'reader', 'migration'].flatMap((user) => [
        [at(`users-${user}-url`), urls.users],
        [at(`notifications-${user}-url`), urls.notifications],
      ]),
    ),
    [at('redis-url')]: urls.redis,
    [at('smtp-url')]: mailServer.url,
    [at('operator-token')]: OPERATOR_TOKEN,
    [at('idempotency-secret')]: 'secret-of-this-test-alone',
    ...changed,
  });
  return {
    store,
    mailServer,
    urls,
    env: {
      ...storeEnvironment(store.url),
      KAFKA_BROKERS: process.env['KAFKA_BROKERS'] ?? '',
      TOPIC_PREFIX: randomName('d-'),
      KAFKA_REPLICATION_FACTOR: '1',
      KAFKA_MIN_INSYNC_REPLICAS: '1',
    },
    async stop() {
      const server = createDatabase(process.env['USERS_DATABASE_URL'] ?? '', 1);
      for (const url of [urls.users, urls.notifications])
        await server.raw('DROP DATABASE IF EXISTS ??', [new URL(url).pathname.slice(1)]);
      await server.destroy();
      await mailServer.stop();
      await store.stop();
    },
  };
}
