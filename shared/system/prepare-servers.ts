import { type DatabaseVariable, databaseAccess } from '#shared/db/databases.ts';
import { type Migration, migrate } from '#shared/db/migrate.ts';
import { errorCodeOf, errorText } from '#shared/errors/error-text.ts';
import { createTopics } from '#shared/messages/create-topics.ts';

const UNREACHABLE =
  /ECONNREFUSED|ECONNRESET|ETIMEDOUT|ETIMELIMIT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|PROTOCOL_CONNECTION_LOST|KafkaJSConnection|KafkaJSNumberOfRetriesExceeded|KafkaJSRequestTimeout/;

/** A one-line error that names the variable and contains nothing of the statement or the URL. */
export class PrepareError extends Error {
  /** True if the server does not answer, so that a retry may help. */
  readonly isUnreachable: boolean;

  constructor(variable: string, cause: unknown) {
    const name = cause instanceof Error ? cause.name : '';
    const problem = errorCodeOf(cause) ?? `${name} ${errorText(cause, 200)}`;
    super(`${variable}: ${problem}`);
    this.name = 'PrepareError';
    this.isUnreachable = UNREACHABLE.test(`${name} ${problem}`);
  }
}

export type Part = 'databases' | 'topics';

/** The migrations of each database. */
export type Histories = Readonly<Record<DatabaseVariable, readonly Migration[]>>;

async function database(variable: DatabaseVariable, history: readonly Migration[]): Promise<string> {
  const { url, tls } = await databaseAccess(variable);
  const steps = await migrate(url, history, { tls }).catch((error: unknown) => {
    throw new PrepareError(variable, error);
  });
  return `${variable}: ${steps.length === 0 ? 'tables are up to date' : `applied ${steps.join(', ')}`}`;
}

async function topics(): Promise<string> {
  const changes = await createTopics().catch((error: unknown) => {
    throw new PrepareError('KAFKA_BROKERS', error);
  });
  return `KAFKA_BROKERS: ${changes.length === 0 ? 'topics are up to date' : changes.join(', ')}`;
}

/**
 * Creates databases, tables and topics, or only one part of them. May be repeated at any time. Calls `report` with one line for
 * each.
 * @throws PrepareError, ConfigError
 */
export async function prepareServers(histories: Histories, report: (line: string) => void, part?: Part): Promise<void> {
  const work: Array<Promise<string>> = [];
  if (part !== 'topics') {
    for (const variable of ['USERS_DATABASE_URL', 'NOTIFICATIONS_DATABASE_URL'] as const) {
      work.push(database(variable, histories[variable]));
    }
  }
  if (part !== 'databases') work.push(topics());
  await Promise.all(work.map(async (done) => report(await done)));
}
