import { StartError } from './start-error.ts';

/** Whether a command was asked for its help. */
export function wantsHelp(args: string[]) {
  return args.includes('--help') || args.includes('-h');
}

/** @throws {StartError} for the first that means nothing, because a typing error must not do something else */
export function requireKnown(args: string[], known: string[]) {
  const unknown = args.find((arg) => !known.includes(arg));
  if (unknown !== undefined) throw new StartError(`'${unknown}' is not understood; --help tells what is`);
}

export const startHelp = `npm start [-- options]

Starts the whole system: packages, backing services, tables, topics, build, API. Ctrl-C stops all of it, in order. The closing
table says where dashboard, API, Swagger UI and mails are.

  --services-only   only the backing services, for npm run invoke or a debugger
  --dev             the same as without: a saved source file is live on the next call
  --help

Something does not start? npm run doctor looks at this machine and says what to do.

A service whose URL is set is used as given; the others are started here, in Docker if an engine answers.
  USERS_DATABASE_URL, NOTIFICATIONS_DATABASE_URL   mysql://tester:password@127.0.0.1:5000/{users,notifications}
  REDIS_URL      redis://127.0.0.1:6379
  KAFKA_BROKERS  127.0.0.1:9092
  SMTP_URL       smtp://127.0.0.1:1025
Ports: HTTP_PORT 8081, EMAIL_HTTP_PORT 8083, LAMBDA_PORT 3002, MYSQL_PORT 5000, REDIS_PORT 6379, KAFKA_PORT 9092,
  SMTP_PORT 1025, MAIL_UI_PORT 8025. NO_DOCKER=1 runs the services without Docker even when it is there.
LOG_LEVEL=DEBUG says more, LOG_FORMAT=json|pretty how (pretty on a terminal); npm run logs shows what .local/log/app.log keeps.
OPERATOR_TOKEN: events, retries and the dashboard's figures are then for those who have it.
Data is kept in .local (or in Docker volumes); npm run reset removes it.
`;

export const testHelp = `npm test [-- arguments of vitest]

Runs the tests against MariaDB, Redis and Kafka of their own, on free ports, with fresh data. Where USERS_DATABASE_URL and
NOTIFICATIONS_DATABASE_URL, REDIS_URL or KAFKA_BROKERS is set, that server is used as given instead.

  npm test -- tests/unit          only these files
  npm test -- --project unit      only this kind: unit, property, integration, system
  npm test -- -t "a test's name"
  npm run test:browser            the pages in a real Chromium; SCREENSHOTS=1 makes the pictures in docs/images instead
  .ci/run                         everything that a change must pass
`;

export const invokeHelp = `npm run invoke -- <function> [--event file]

Calls one function once, without HTTP, with its sample event events/<function>.json or with the given one.
`;

export const redriveHelp = `npm run redrive [-- options]

Tries every FAILED event of a running system again, and counts what became of it. Interrupted, it has done what it has said:
call it again for the rest.

  --list           only lists the FAILED events, and the dead letters that belong to no event
  --reason TEXT    only events whose reason contains TEXT
  --limit N        at most N events, the newest first
  --url URL        the system (default: USERS_BASE_URL, else http://127.0.0.1:$HTTP_PORT)
  --help

OPERATOR_TOKEN: the operator's bearer token, where the system wants one.
`;

export const logsHelp = `npm run logs [-- <id>] [--json]

Shows what npm start has kept of the application's log (.local/log/app.log, or APP_LOG_FILE; 32 MB at most).

  npm run logs                     the latest 50 lines
  npm run logs -- 4bf92f35         one registration's whole way, by its trace id (or the beginning of it) ...
  npm run logs -- 6f1c2f0e-5d5f-4c6e-9b0a-0d7f1e2b3c4d   ... or by the event's uuid
  --json                           one JSON object a line, for programs
  --help

The trace id is in every error, in every event of GET /api/events and on the dashboard.
`;

export const doctorHelp = `npm run doctor

Looks at this machine: Node, packages, Docker or the servers' programs, ports, the servers whose URL is set, disk and memory.
Says what is missing and what to do about it. It changes nothing; the exit code is 1 when npm start would fail.
`;

export const resetHelp = `npm run reset

Removes the data of the services that npm start runs: databases, topics, cache, mails. Nothing else is touched.
`;
