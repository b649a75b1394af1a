import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import kafkajs from 'kafkajs';
import { sendRequest } from '#tests/helpers/send-request.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';
import { freePorts } from '#tools/local/process/ports.ts';
import { examineDocker } from '#tools/local/services/docker.ts';
import { rootDir } from '#tools/paths.ts';

const { AssignerProtocol, Kafka, logLevel } = kafkajs;

const COMMAND_LIMIT_MS = 300_000;
/** How long the system may take to heal after a fault. */
const HEAL_LIMIT_MS = 60_000;

const { hasEngine, problem } = await examineDocker();

/** Why the Docker tests are skipped here; undefined when they run. */
export const whySkipped = hasEngine ? problem?.what : 'no Docker engine answers';
if (whySkipped !== undefined) console.warn(`The Docker tests are skipped: ${whySkipped}`);

/** The variables of docker-compose.yml and of npm start that move ports. */
const PORT_VARIABLES = [
  'HTTP_PORT',
  'EMAIL_HTTP_PORT',
  'LAMBDA_PORT',
  'MYSQL_PORT',
  'REDIS_PORT',
  'KAFKA_PORT',
  'SMTP_PORT',
  'MAIL_UI_PORT',
] as const;

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Output {
  readonly code: number;
  readonly text: string;
}

/** Runs a program to its end; a failure is a code, not an exception. */
export async function run(file: string, args: readonly string[], env: Environment): Promise<Output> {
  const options = { cwd: rootDir, env, timeout: COMMAND_LIMIT_MS, maxBuffer: 64 * 1024 * 1024 };
  return promisify(execFile)(file, [...args], options).then(
    ({ stdout, stderr }) => ({ code: 0, text: `${stdout}${stderr}` }),
    (error: { code?: unknown; stdout?: string; stderr?: string }) => ({
      code: typeof error.code === 'number' ? error.code : 1,
      text: `${error.stdout ?? ''}${error.stderr ?? ''}`,
    }),
  );
}

/** @throws with what the program printed, when it fails */
export async function mustRun(file: string, args: readonly string[], env: Environment): Promise<string> {
  const { code, text } = await run(file, args, env);
  if (code !== 0) throw new Error(`${file} ${args.join(' ')} failed (${code}):\n${text.slice(-4000)}`);
  return text;
}

/** The environment of a Compose project of its own, on free ports. */
export async function newProject(): Promise<{ name: string; env: Environment; port(name: string): number }> {
  const ports = await freePorts(PORT_VARIABLES.length);
  const byName = new Map(PORT_VARIABLES.map((name, index) => [String(name), ports[index] ?? 0]));
  // Not the prefix of npm test, which removes the projects of runs that were killed.
  const name = `registration-docker-${randomBytes(4).toString('hex')}`;
  const env = {
    ...process.env,
    npm_lifecycle_event: undefined,
    USERS_DATABASE_URL: undefined,
    NOTIFICATIONS_DATABASE_URL: undefined,
    REDIS_URL: undefined,
    KAFKA_BROKERS: undefined,
    SMTP_URL: undefined,
    COMPOSE_PROJECT_NAME: name,
    ...Object.fromEntries([...byName].map(([key, port]) => [key, String(port)])),
  };
  return { name, env, port: (variable) => byName.get(variable) ?? 0 };
}

export async function compose(env: Environment, ...args: string[]): Promise<Output> {
  return run('docker', ['compose', ...args], env);
}

/** @throws with what Compose printed, when it fails */
export async function mustCompose(env: Environment, ...args: string[]): Promise<string> {
  return mustRun('docker', ['compose', ...args], env);
}

export async function register(base: string, email: string): Promise<number> {
  const body = JSON.stringify({ name: 'Ann', lastname: 'Lee', email, password: 'correct-horse-1' });
  const answer = await sendRequest(base, {
    method: 'POST',
    path: '/api/users/',
    headers: { 'content-type': 'application/json' },
    body,
  });
  return answer.status;
}

async function json(base: string, path: string): Promise<unknown> {
  return JSON.parse((await sendRequest(base, { method: 'GET', path })).text);
}

interface Events {
  readonly content: ReadonlyArray<{ userEmail: string | null; eventState: string }>;
  readonly totalPages: number;
}

/** The state of each address's event. */
export async function eventStates(base: string): Promise<ReadonlyMap<string | null, string>> {
  const states = new Map<string | null, string>();
  for (let page = 0, pages = 1; page < pages; page += 1) {
    const { content, totalPages } = (await json(base, `/api/events?pageSize=100&page=${page}`)) as Events;
    for (const { userEmail, eventState } of content) states.set(userEmail, eventState);
    pages = totalPages;
  }
  return states;
}

export async function stateOf(base: string, email: string): Promise<string | undefined> {
  return (await eventStates(base)).get(email);
}

/** Waits until a new registration has travelled the whole way; returns its address. */
export async function registrationTravels(base: string): Promise<string> {
  const email = `t${randomBytes(5).toString('hex')}@b.io`;
  await waitFor(async () => (await register(base, email)) === 201, { timeoutMs: HEAL_LIMIT_MS, what: '201' });
  await waitFor(async () => (await stateOf(base, email)) === 'FINISHED', {
    timeoutMs: HEAL_LIMIT_MS,
    what: `FINISHED of ${email}`,
  });
  return email;
}

/** The addresses of the members of a consumer group that are assigned a partition of a topic. */
export async function consumersOf(broker: string, groupId: string, topic: string): Promise<ReadonlySet<string>> {
  const admin = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const { groups } = await admin.describeGroups([groupId]);
    const consumers = (groups[0]?.members ?? []).filter(({ memberAssignment }) => {
      const assignment =
        memberAssignment.length === 0 ? null : AssignerProtocol.MemberAssignment.decode(memberAssignment);
      return (assignment?.assignment[topic]?.length ?? 0) > 0;
    });
    return new Set(consumers.map(({ clientHost }) => clientHost));
  } finally {
    await admin.disconnect();
  }
}

interface CaughtMails {
  readonly items: ReadonlyArray<{ To: ReadonlyArray<{ Mailbox: string; Domain: string }> }>;
}

/** The recipients of the mails that MailHog has caught. */
export async function caughtRecipients(mailUi: string): Promise<string[]> {
  const { items } = (await json(mailUi, '/api/v2/messages?limit=1000')) as CaughtMails;
  return items.flatMap(({ To }) => To.map(({ Mailbox, Domain }) => `${Mailbox}@${Domain}`));
}
