import { readFileSync } from 'node:fs';
import {
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  type Admin,
  Kafka,
  logLevel,
  ResourcePatternTypes,
} from 'kafkajs';
import { ensurePrograms } from '#tools/local/install/native.ts';
import { freePorts } from '#tools/local/process/ports.ts';
import { startKafka } from '#tools/local/services/kafka.ts';
import { type OwnServer, required, startOwnServer } from './own-server.ts';

const page = readFileSync('docs/access.md', 'utf8');

/** The rows of the table below a heading of docs/access.md, as the code spans of each cell. */
export function tableBelow(heading: string): string[][][] {
  const [, section = ''] = page.split(`### ${heading}\n`);
  const rows = (section.split(/\n#/)[0] ?? '').split('\n').filter((line) => line.startsWith('| `'));
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text)),
  );
}

export interface GuardedKafka extends OwnServer {
  readonly loginPort: number;
}

/** A broker that asks StandardAuthorizer about the users of docs/access.md, who log in on a port of their own. */
export async function startGuardedKafka(users: readonly string[]): Promise<GuardedKafka> {
  const { java } = await ensurePrograms(['kafka']);
  const [plain = 0, loginPort = 0, controller = 0] = await freePorts(3);
  const listeners = `PLAINTEXT://127.0.0.1:${plain},LOGIN://127.0.0.1:${loginPort}`;
  const logins = users.map((user) => `user_${user}="password"`).join(' ');
  const plainModule = 'org.apache.kafka.common.security.plain.PlainLoginModule';
  const properties = [
    `listeners=${listeners},CONTROLLER://127.0.0.1:${controller}`,
    `advertised.listeners=${listeners}`,
    `controller.quorum.voters=1@127.0.0.1:${controller}`,
    'listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,LOGIN:SASL_PLAINTEXT',
    'sasl.enabled.mechanisms=PLAIN',
    `listener.name.login.plain.sasl.jaas.config=${plainModule} required ${logins};`,
    'authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    // The broker itself, and this test where it prepares.
    'super.users=User:ANONYMOUS',
  ];
  const start = (context: Parameters<typeof startKafka>[0]) => startKafka({ ...context, port: plain }, required(java));
  const { stop } = await startOwnServer(start, properties);
  return { port: plain, loginPort, stop };
}

/** A client of one user; without a user, of the broker's administrator. */
export function clientOf(broker: GuardedKafka, user?: string, password = 'password'): Kafka {
  const login = { mechanism: 'plain', username: user ?? '', password } as const;
  return new Kafka({
    brokers: [`127.0.0.1:${user === undefined ? broker.port : broker.loginPort}`],
    ...(user === undefined ? {} : { sasl: login }),
    // The first consumer waits until the broker has created and loaded its topic of offsets.
    retry: { retries: 8, initialRetryTime: 100 },
    logLevel: logLevel.NOTHING,
  });
}

export async function asAdmin<T>(
  broker: GuardedKafka,
  user: string | undefined,
  run: (admin: Admin) => Promise<T>,
): Promise<T> {
  const admin = clientOf(broker, user).admin();
  await admin.connect();
  try {
    return await run(admin);
  } finally {
    await admin.disconnect();
  }
}

const OPERATIONS: Readonly<Record<string, AclOperationTypes>> = {
  Read: AclOperationTypes.READ,
  Write: AclOperationTypes.WRITE,
  Create: AclOperationTypes.CREATE,
  Describe: AclOperationTypes.DESCRIBE,
  DescribeConfigs: AclOperationTypes.DESCRIBE_CONFIGS,
  Alter: AclOperationTypes.ALTER,
  AlterConfigs: AclOperationTypes.ALTER_CONFIGS,
};

/** The broker's entries for a row of the table. */
export function aclOf([user = [], operations, kind = [], names]: string[][]) {
  return (operations ?? []).flatMap((operation) =>
    (names ?? []).map((resourceName) => ({
      principal: `User:${user[0]}`,
      host: '*',
      operation: OPERATIONS[operation] ?? AclOperationTypes.UNKNOWN,
      permissionType: AclPermissionTypes.ALLOW,
      resourceType: kind.includes('group') ? AclResourceTypes.GROUP : AclResourceTypes.TOPIC,
      resourceName,
      resourcePatternType: ResourcePatternTypes.LITERAL,
    })),
  );
}

/** Writes one message. @throws when the broker refuses it */
export async function writeAs(broker: GuardedKafka, user: string, topic: string): Promise<void> {
  const producer = clientOf(broker, user).producer({ allowAutoTopicCreation: false });
  await producer.connect();
  try {
    await producer.send({ topic, messages: [{ value: 'forged' }] });
  } finally {
    await producer.disconnect();
  }
}

/** Resolves with the first message's topic; rejects if the broker refuses topic or group. */
export async function readAs(broker: GuardedKafka, user: string, groupId: string, topic: string): Promise<string> {
  const consumer = clientOf(broker, user).consumer({ groupId });
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    return await new Promise((resolve, reject) => {
      consumer.on('consumer.crash', ({ payload: { error, restart } }) => restart || reject(error));
      consumer.run({ eachMessage: async (message) => resolve(message.topic) }).catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
}
