import path from 'node:path';
import type { Guard } from '#tools/local/process/guard-client.ts';
import { startProcess, waitUntilReady } from '#tools/local/process/managed-process.ts';
import { freePorts, probe } from '#tools/local/process/ports.ts';
import { callOnce } from '../../chaos/http-client.ts';
import { descendantsOf } from '../../chaos/process-tree.ts';
import { createTopics } from '../../chaos/topics.ts';
import { withDatabase } from '../database.ts';
import type { Servers } from './servers.ts';
import { stopTree } from './stop-tree.ts';
import type { System } from './system.ts';

/** The first start may build it. */
const startLimitMs = 420_000;
const database = 'javatest';
const sendTopic = 'user.email.send';

/** What the command needs before its first start. */
export async function preparePeer({ urls }: Servers) {
  await withDatabase(urls['USERS_DATABASE_URL'] ?? '', (query) => query(`CREATE DATABASE IF NOT EXISTS ${database}`));
  await createTopics(urls['KAFKA_BROKERS'] ?? '', [sendTopic, 'user.email.sent']);
}

/** Starts the services that this project replaces, with PEER_COMMAND, on the servers of the run. */
export async function startPeerSystem({
  servers: { dir, ports, urls, sink },
  guard,
  command,
}: {
  servers: Servers;
  guard: Guard;
  command: string;
}): Promise<System> {
  const [user = 0, email = 0] = await freePorts(2);
  const logFile = path.join(dir, 'peer.log');
  const started = performance.now();
  const service = startProcess(
    {
      name: 'the peer',
      file: 'sh',
      args: ['-c', command],
      env: {
        ...process.env,
        PEER_DATABASE: `jdbc:mysql://127.0.0.1:${ports.mysql}/${database}`,
        KAFKA_BROKERS: urls['KAFKA_BROKERS'],
        REDIS_PORT: String(ports.redis),
        SMTP_PORT: String(sink.port),
        USER_PORT: String(user),
        EMAIL_PORT: String(email),
      },
      logFile,
    },
    guard,
  );
  const base = `http://127.0.0.1:${user}`;
  const isReady = async () =>
    (await callOnce(base, { method: 'GET', path: '/api/users/', limitMs: 5000 })).status === 200 &&
    (await probe(email, { send: 'GET / HTTP/1.0\r\n\r\n', isAnswer: () => true }));
  await waitUntilReady(service, { isReady, timeoutMs: startLimitMs, logFile });
  const startMs = performance.now() - started;
  const pids = () =>
    descendantsOf(service.pid)
      .filter(({ command: line }) => /(^|\/)java /.test(line))
      .map(({ pid }) => pid);
  return { name: 'peer', base, startMs, pids, sendTopic, stop: () => stopTree(service, pids()) };
}

/** The peer that runs already. */
export function runningPeer(base: string): System {
  return {
    name: 'peer',
    base,
    startMs: 0,
    pids: () => [],
    sendTopic: undefined,
    stop: async () => undefined,
  };
}
