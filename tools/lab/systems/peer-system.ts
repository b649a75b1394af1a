import path from 'node:path';
import { isAlive } from '#tools/bootstrap/lock.mjs';
import { waitFor } from '#tools/local/cli/wait-for.ts';
import type { Guard } from '#tools/local/process/guard-client.ts';
import { type ManagedProcess, startProcess, waitUntilReady } from '#tools/local/process/managed-process.ts';
import { freePorts, probe } from '#tools/local/process/ports.ts';
import { signalGroup } from '#tools/local/process/signals.ts';
import { targetOf, type Victim } from '../faults/target.ts';
import { startTcpProxy } from '../faults/tcp-proxy.ts';
import { callOnce } from '../load/http.ts';
import { databaseOn, withDatabase } from './database.ts';
import { createTopics } from './kafka.ts';
import { descendantsOf, stopTree } from './processes.ts';
import { openRecords } from './records.ts';
import { addressOf, type Servers } from './servers.ts';
import type { StartedSystem, System } from './system.ts';

/** The first start may build it. */
const firstStartMs = 420_000;
/** On a busy machine its two JVMs take more than a minute. */
const restartMs = 180_000;
const database = 'javatest';
const sendTopic = 'user.email.send';

export interface PeerOptions {
  servers: Servers;
  guard: Guard;
  /** PEER_COMMAND */
  command: string;
  /** puts a proxy between it and its clients */
  isProxied?: boolean;
}

/** Creates what the command needs before its first start. */
async function prepare({ directUrls, urls }: Servers) {
  await withDatabase(directUrls['USERS_DATABASE_URL'] ?? '', (query) =>
    query(`CREATE DATABASE IF NOT EXISTS ${database}`),
  );
  await createTopics(urls['KAFKA_BROKERS'] ?? '', [sendTopic, 'user.email.sent']);
}

/** Its clients bypass the proxy of a given broker: they speak a newer protocol, whose addresses are not rewritten. */
function kafkaOf({ victims: { kafka } }: Servers): { kafka?: Victim } {
  if (kafka.target !== undefined) return {};
  return { kafka: { ...kafka, unproxied: 'its clients connect to the address that the broker advertises' } };
}

/**
 * Starts the services that this project replaces, with PEER_COMMAND. They have no supervisor: after a stop or a kill the
 * command is run again.
 */
export async function startPeerSystem({
  servers,
  guard,
  command,
  isProxied = false,
}: PeerOptions): Promise<StartedSystem> {
  await prepare(servers);
  const { dir, urls, directUrls } = servers;
  const [user = 0, email = 0, front = 0] = await freePorts(3);
  const portOf = (variable: string) => addressOf(variable, urls[variable] ?? '').port;
  const logFile = path.join(dir, 'peer.log');
  const env = {
    ...process.env,
    PEER_DATABASE: `jdbc:mysql://127.0.0.1:${portOf('USERS_DATABASE_URL')}/${database}`,
    KAFKA_BROKERS: `127.0.0.1:${portOf('KAFKA_BROKERS')}`,
    REDIS_PORT: String(portOf('REDIS_URL')),
    SMTP_PORT: String(portOf('SMTP_URL')),
    USER_PORT: String(user),
    EMAIL_PORT: String(email),
  };
  const isUp = async () =>
    (await callOnce(`http://127.0.0.1:${user}`, { method: 'GET', path: '/api/users/' }, { limitMs: 5000 })).status ===
    200;
  const isReady = async () =>
    (await isUp()) && (await probe(email, { send: 'GET / HTTP/1.0\r\n\r\n', isAnswer: () => true }));

  let service: ManagedProcess | undefined;
  let java: readonly number[] = [];
  const launch = async (timeoutMs: number) => {
    service = startProcess({ name: 'the peer', file: 'sh', args: ['-c', command], env, logFile }, guard);
    await waitUntilReady(service, { isReady, timeoutMs, logFile });
    java = descendantsOf(service.pid)
      .filter(({ command: line }) => /(^|\/)java /.test(line))
      .map(({ pid }) => pid);
  };
  const restart = async () => {
    const ending = [...java, ...(service === undefined ? [] : [service.pid])];
    for (const pid of ending) signalGroup(pid, 'SIGKILL');
    await waitFor(() => !ending.some(isAlive), { timeoutMs: 5000 });
    await launch(restartMs);
  };

  const started = performance.now();
  try {
    await launch(firstStartMs);
  } catch (error) {
    await service?.stop(0);
    throw error;
  }
  const startMs = performance.now() - started;
  const proxies = isProxied ? [await startTcpProxy({ host: '127.0.0.1', port: user }, undefined, { port: front })] : [];
  const records = openRecords('peer', databaseOn(directUrls['USERS_DATABASE_URL'] ?? '', database));
  return {
    name: 'peer',
    base: `http://127.0.0.1:${proxies[0]?.port ?? user}`,
    startMs,
    pids: () => java,
    sendTopic,
    victims: { ...kafkaOf(servers), app: { proxies, target: targetOf(() => java, restart) } },
    identity: 'recipient',
    records,
    isUp,
    restart,
    finishesEvents: false,
    patienceMs: 30_000,
    stop: async () => {
      await records.close();
      // A restart that failed has processes that are not in `java` yet.
      if (service !== undefined)
        await stopTree(service, [...java, ...descendantsOf(service.pid).map(({ pid }) => pid)]);
      await proxies[0]?.stop();
    },
  };
}

/** A peer that runs already. */
export function runningPeer(base: string): System {
  return { name: 'peer', base, startMs: 0, pids: () => [], sendTopic: undefined, stop: async () => undefined };
}
