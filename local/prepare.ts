import { notificationsHistory } from '#migrations/notifications/history.ts';
import { usersHistory } from '#migrations/users/history.ts';
import { readConfig, requiredSetting } from '#shared/config/config.ts';
import { migrate } from '#shared/db/migrate.ts';
import { errorCodeOf, errorText } from '#shared/errors/error-text.ts';
import { createTopics } from '#shared/kafka/create-topics.ts';

/** EX_TEMPFAIL: the server does not answer; trying again may help. */
const UNREACHABLE_EXIT = 75;
const UNREACHABLE =
  /ECONNREFUSED|ECONNRESET|ETIMEDOUT|ETIMELIMIT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|PROTOCOL_CONNECTION_LOST|KafkaJSConnection|KafkaJSNumberOfRetriesExceeded|KafkaJSRequestTimeout/;

/** One line that names the variable, and nothing that the statement or the URL held. */
class PrepareError extends Error {
  readonly isUnreachable: boolean;

  constructor(variable: string, cause: unknown) {
    const name = cause instanceof Error ? cause.name : '';
    const problem = errorCodeOf(cause) ?? `${name} ${errorText(cause, 200)}`;
    super(`${variable}: ${problem}`);
    this.name = 'PrepareError';
    this.isUnreachable = UNREACHABLE.test(`${name} ${problem}`);
  }
}

const database = async (variable: 'USERS_DATABASE_URL' | 'NOTIFICATIONS_DATABASE_URL'): Promise<void> => {
  const history = variable === 'USERS_DATABASE_URL' ? usersHistory : notificationsHistory;
  const url = await requiredSetting(variable);
  const steps = await migrate(url, history).catch((error: unknown) => {
    throw new PrepareError(variable, error);
  });
  console.log(`${variable}: ${steps.length === 0 ? 'tables are up to date' : `applied ${steps.join(', ')}`}`);
};

const topics = async (): Promise<void> => {
  const created = await createTopics().catch((error: unknown) => {
    throw new PrepareError('KAFKA_BROKERS', error);
  });
  console.log(`KAFKA_BROKERS: ${created.length === 0 ? 'topics are there' : `created ${created.join(', ')}`}`);
};

/**
 * Makes databases, tables and topics ready: `node dist/local/prepare.js [databases|topics]`. Ends with 75 when a server does
 * not answer and with 1 for everything that does not heal by itself; the last line says why.
 */
const main = async (): Promise<number> => {
  const [what] = process.argv.slice(2);
  try {
    readConfig(process.env);
    const databases = what === 'topics' ? [] : [database('USERS_DATABASE_URL'), database('NOTIFICATIONS_DATABASE_URL')];
    await Promise.all([...databases, ...(what === 'databases' ? [] : [topics()])]);
    return 0;
  } catch (error) {
    console.error(errorText(error));
    return error instanceof PrepareError && error.isUnreachable ? UNREACHABLE_EXIT : 1;
  }
};

void main().then((code) => process.exit(code));
