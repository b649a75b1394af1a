import { notificationsHistory } from '#migrations/notifications/history.ts';
import { usersHistory } from '#migrations/users/history.ts';
import { readConfig, requiredSetting } from '#shared/config/config.ts';
import { migrate } from '#shared/db/migrate.ts';
import { errorCodeOf, errorText } from '#shared/errors/error-text.ts';
import { createTopics } from '#shared/kafka/create-topics.ts';

const DATABASE_PATIENCE_MS = 60_000;
const PAUSE_MS = 1000;
const UNREACHABLE = /ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|PROTOCOL_CONNECTION_LOST/;

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, PAUSE_MS));

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;

const database = async (variable: 'USERS_DATABASE_URL' | 'NOTIFICATIONS_DATABASE_URL'): Promise<void> => {
  const history = variable === 'USERS_DATABASE_URL' ? usersHistory : notificationsHistory;
  const url = await requiredSetting(variable);
  const started = performance.now();
  for (;;) {
    try {
      const steps = await migrate(url, history);
      console.log(`${variable}: ${steps.length === 0 ? 'tables are up to date' : `applied ${steps.join(', ')}`} (${seconds(started)})`);
      return;
    } catch (error) {
      const problem = errorCodeOf(error) ?? errorText(error, 200);
      const isOver = performance.now() - started > DATABASE_PATIENCE_MS;
      if (isOver || !UNREACHABLE.test(problem)) throw new Error(`${variable}: ${problem}`);
      console.log(`${variable}: not there yet (${problem}), trying again`);
      await pause();
    }
  }
};

/** A broker may come later than everything else: without it the system serves, and keeps what it has to publish. */
const topics = async (): Promise<void> => {
  const started = performance.now();
  for (let attempt = 1; ; attempt += 1) {
    try {
      const created = await createTopics();
      console.log(`KAFKA_BROKERS: ${created.length === 0 ? 'topics are there' : `created ${created.join(', ')}`} (${seconds(started)})`);
      return;
    } catch (error) {
      if (attempt % 5 === 1) console.log(`KAFKA_BROKERS: no broker yet (${errorText(error, 120)}), still trying`);
      await pause();
    }
  }
};

/**
 * Makes databases, tables and topics ready: `node dist/local/prepare.js [databases|topics]`. Databases are waited for up to a
 * minute, brokers for ever. Ends with 1 and one line when that fails.
 */
const main = async (): Promise<void> => {
  const [what] = process.argv.slice(2);
  try {
    readConfig(process.env);
    const databases = what === 'topics' ? [] : [database('USERS_DATABASE_URL'), database('NOTIFICATIONS_DATABASE_URL')];
    await Promise.all([...databases, ...(what === 'databases' ? [] : [topics()])]);
    process.exit(0);
  } catch (error) {
    console.error(errorText(error));
    process.exit(1);
  }
};

void main();
