import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { usersHistory } from '#migrations/history.ts';
import { createDatabase, type Database } from '#shared/db/database.ts';
import { markLists } from '#shared/db/mark-lists.ts';
import { migrate } from '#shared/db/migrate.ts';
import { deadLetterLists } from '#shared/outbox/list-dead-letters.ts';
import { eventLists } from '#shared/outbox/list-events.ts';
import { userLists } from '#shared/users/list-users.ts';
import { wholeNumber } from '#tools/local/cli/options.ts';
import { say, seconds } from '#tools/local/cli/progress.ts';
import { ensurePrograms } from '#tools/local/install/native.ts';
import { freePorts } from '#tools/local/process/ports.ts';
import { startMariadb } from '#tools/local/services/mariadb.ts';
import { localDir } from '#tools/paths.ts';
import { readArguments } from './arguments.ts';
import { runProgram, type Surroundings } from './program.ts';
import { commandLine, describeMachine } from './report.ts';
import { type Measure, measuresOn } from './size/measures.ts';
import { seedAll } from './size/seed.ts';
import { percentile } from './statistics.ts';

const SMALL = 1000;
const SEED_LIMIT_MS = 3_600_000;

const help = `npm run bench:size [-- options]

Seeds a database with users, events and a tenth as many dead letters and measures, in turns with one of ${SMALL.toLocaleString('en')} rows, what
could depend on the number of rows. Prints a table of medians. 20 million rows take about 25 GB and half an hour.

  --rows N          rows of the large tables (1000000)
  --rounds N        how often each measure runs (3); the median counts
  --database URL    a MySQL or MariaDB server to use, with databases size_<rows> that are kept; otherwise a MariaDB of its own with
                    a buffer pool of 4 GB, whose data is kept in .local/size
  --only TEXT       only measures whose name contains it
  --help
`;

interface Options {
  readonly rows: number;
  readonly rounds: number;
  readonly database: string | undefined;
  readonly only: string;
}

function readOptions(args: readonly string[]): Options {
  const { value } = readArguments(args, { rows: 'value', rounds: 'value', database: 'value', only: 'value' });
  return {
    rows: wholeNumber('--rows', value('rows') ?? '1000000', 100_000_000),
    rounds: wholeNumber('--rounds', value('rounds') ?? '3', 100),
    database: value('database'),
    only: value('only') ?? '',
  };
}

async function startServer({ guard }: Surroundings): Promise<string> {
  const dir = path.join(localDir, 'size');
  mkdirSync(dir, { recursive: true });
  const { mariadb } = await ensurePrograms(['mysql']);
  const [port = 0] = await freePorts(1);
  const options = ['--innodb-buffer-pool-size=4G', '--innodb-log-file-size=1G', '--innodb-sort-buffer-size=64M'];
  const { ready } = await startMariadb(
    { dir, port, logFile: path.join(dir, 'mariadb.log'), guard, options, isThrowAway: false },
    { server: mariadb?.server ?? 'mariadbd' },
  );
  await ready;
  return `mysql://tester:password@127.0.0.1:${port}/users`;
}

async function prepare(server: string, rows: number): Promise<Database> {
  const url = new URL(server);
  url.pathname = `/size_${rows}`;
  await migrate(url.href, usersHistory);
  const seeding = createDatabase(url.href, 1, { queryLimitMs: SEED_LIMIT_MS });
  await seedAll(seeding, rows);
  await seeding.destroy();
  const db = createDatabase(url.href, 16);
  const started = performance.now();
  const lists = [...userLists, ...eventLists, ...deadLetterLists];
  const markSome = markLists(async () => db, lists)();
  while (!(await markSome(() => true)));
  say(`    lists of ${rows.toLocaleString('en')} rows marked in ${seconds(performance.now() - started)}`);
  return db;
}

function shown(ms: number): string {
  return Number.isFinite(ms) ? `${ms < 10 ? ms.toFixed(2) : Math.round(ms).toLocaleString('en')} ms` : '503';
}

async function compare({ rows, rounds, only }: Options, server: string): Promise<void> {
  const databases = [await prepare(server, SMALL), await prepare(server, rows)];
  const [small, large] = [SMALL, rows].map((count, index) => {
    const db = databases[index];
    return db === undefined ? new Map<string, Measure>() : measuresOn(db, count);
  });
  say(
    `\n| measure, p50 | ${SMALL.toLocaleString('en')} rows | ${rows.toLocaleString('en')} rows | ratio | slowest call |`,
  );
  say('| --- | --- | --- | --- | --- |');
  for (const [name, runLarge] of large ?? []) {
    const runSmall = small?.get(name);
    if (runSmall === undefined || !name.includes(only)) continue;
    const [few, many]: [number[], number[]] = [[], []];
    // Calls take turns, so that other work on the machine affects both alike.
    for (let time = 0; time < rounds * runLarge.times; time += 1) {
      few.push(await runSmall.once());
      many.push(await runLarge.once());
    }
    const [mine, theirs] = [percentile(many, 0.5) ?? Number.NaN, percentile(few, 0.5) ?? Number.NaN];
    const ratio = Number.isFinite(mine) ? `${(mine / theirs).toFixed(2)} ×` : '–';
    say(`| ${name} | ${shown(theirs)} | ${shown(mine)} | ${ratio} | ${shown(Math.max(...many))} |`);
  }
  for (const db of databases) await db.destroy();
}

/**
 * `npm run bench:size`.
 * @returns exit code
 */
export function main(args: string[]): Promise<number> {
  process.env['POWERTOOLS_LOG_LEVEL'] = 'ERROR';
  return runProgram({
    args,
    help,
    readOptions: () => readOptions(args),
    async run(options, surroundings) {
      await compare(options, options.database ?? (await startServer(surroundings)));
      say(`\n\`${commandLine('npm run bench:size', args)}\`: ${describeMachine(surroundings.machine())}.`);
      return 0;
    },
  });
}
