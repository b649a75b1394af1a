import { spawn } from 'node:child_process';
import { isAlive } from '#tools/bootstrap/lock.mjs';
import { waitFor } from '#tools/local/cli/wait-for.ts';
import { freePorts, probe } from '#tools/local/process/ports.ts';
import { signalGroup } from '#tools/local/process/signals.ts';
import { startTcpProxy } from '../faults/tcp-proxy.ts';
import type { Backing } from './backing.ts';
import { boundedLog } from './bounded-log.ts';
import { callOnce } from './http-client.ts';
import { openPool } from './our-records.ts';
import type { SystemOptions } from './our-system.ts';
import { peerRecords } from './peer-records.ts';
import { descendantsOf } from './process-tree.ts';
import type { System } from './system.ts';
import { signalsFor } from './target.ts';
import { createTopics } from './topics.ts';

/** The first start builds it. */
const firstStartMs = 420_000;
const restartMs = 90_000;
const database = 'javatest';
const topics = ['user.email.send', 'user.email.sent'];

function portsOf({ victims }: Backing) {
  return {
    kafka: victims.kafka.proxies[0]?.port,
    redis: victims.redis.proxies[0]?.port,
    mysql: victims.mysql.proxies[0]?.port,
    smtp: victims.smtp.proxies[0]?.port,
  };
}

/** What its clients speak is not rewritten: a broker that is not ours sends them past the proxy. */
function kafkaOf({ victims: { kafka } }: Backing) {
  return kafka.target === undefined
    ? { ...kafka, unproxied: 'its clients go to the address that the broker advertises' }
    : kafka;
}

async function createDatabase(url: string) {
  const pool = openPool(url);
  await pool.query(`CREATE DATABASE IF NOT EXISTS ${database}`);
  await pool.end();
}

/**
 * Starts the services that this project replaces with PEER_COMMAND, on the servers of the run. They have no supervisor: after
 * a stop or a kill the command is run again.
 */
export async function startPeerSystem({
  backing,
  guard,
  dir,
  command,
}: SystemOptions & { command: string }): Promise<System> {
  const usersUrl = backing.directUrls['USERS_DATABASE_URL'] ?? '';
  const direct = new URL(usersUrl);
  direct.pathname = `/${database}`;
  await createDatabase(usersUrl);
  await createTopics(backing.urls['KAFKA_BROKERS'] ?? '', topics);

  const [user = 0, email = 0, front = 0] = await freePorts(3);
  const proxy = await startTcpProxy({ host: '127.0.0.1', port: user }, undefined, { port: front });
  const ports = portsOf(backing);
  const log = boundedLog(`${dir}/peer.log`);
  let shell = 0;
  let java = [] as number[];

  const launch = async (timeoutMs: number) => {
    const child = spawn('sh', ['-c', command], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        PEER_DATABASE: `jdbc:mysql://127.0.0.1:${ports.mysql}/${database}`,
        KAFKA_BROKERS: `127.0.0.1:${ports.kafka}`,
        REDIS_PORT: String(ports.redis),
        SMTP_PORT: String(ports.smtp),
        USER_PORT: String(user),
        EMAIL_PORT: String(email),
      },
    });
    child.stdout.on('data', log);
    child.stderr.on('data', log);
    child.on('error', () => {});
    shell = child.pid ?? 0;
    const pid = shell;
    guard.watch(pid);
    child.on('exit', () => guard.forget(pid));
    const answers = async () =>
      (await list()).status === 200 && (await probe(email, { send: 'GET / HTTP/1.0\r\n\r\n', isAnswer: () => true }));
    const isReady = () => waitFor(async () => !isAlive(pid) || (await answers()), { timeoutMs, everyMs: 200 });
    if (!(await isReady()) || !isAlive(pid)) throw new Error(`the peer did not start; see ${dir}/peer.log`);
    java = descendantsOf(shell)
      .filter(({ command: line }) => /(^|\/)java /.test(line))
      .map(({ pid: found }) => found);
  };
  const list = () => callOnce(`http://127.0.0.1:${user}`, { method: 'GET', path: '/api/users/', limitMs: 5000 });
  const endAll = () => {
    for (const pid of [...java, shell]) if (pid > 0) signalGroup(pid, 'SIGKILL');
  };
  const start = async () => {
    endAll();
    await waitFor(() => !isAlive(shell), { timeoutMs: 5000 });
    await launch(restartMs);
  };

  try {
    await launch(firstStartMs);
  } catch (error) {
    endAll();
    throw error;
  }
  const records = peerRecords(direct.href);
  return {
    name: 'peer',
    base: `http://127.0.0.1:${proxy.port}`,
    victims: {
      ...backing.victims,
      kafka: kafkaOf(backing),
      app: { proxies: [proxy], target: { ...signalsFor(() => java), start } },
    },
    identity: 'recipient',
    records,
    journal: backing.journal,
    isUp: async () => (await list()).status === 200,
    restart: start,
    finishesEvents: false,
    patienceMs: 30_000,
    brokers: backing.urls['KAFKA_BROKERS'] ?? '',
    sendTopic: 'user.email.send',
    stop: async () => {
      await records.close();
      endAll();
      await proxy.stop();
    },
  };
}
