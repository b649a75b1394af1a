import path from 'node:path';
import { startProcess, waitUntilReady } from '#local/process/managed-process.mjs';
import { freePorts, probe } from '#local/process/ports.mjs';
import { callOnce } from '#tests/chaos/http-client.mjs';
import { descendantsOf } from '#tests/chaos/process-tree.mjs';
import { createTopics } from '#tests/chaos/topics.mjs';
import { withDatabase } from '../database.mjs';
import { stopTree } from './stop-tree.mjs';

/** The first start may build it. */
const startLimitMs = 420_000;
const database = 'javatest';
const sendTopic = 'user.email.send';

/** @typedef {import('./system.mjs').System} System */

/**
 * What the command needs before its first start.
 * @param {import('./servers.mjs').Servers} servers
 */
export const preparePeer = async ({ urls }) => {
  await withDatabase(urls['USERS_DATABASE_URL'] ?? '', (query) => query(`CREATE DATABASE IF NOT EXISTS ${database}`));
  await createTopics(urls['KAFKA_BROKERS'] ?? '', [sendTopic, 'user.email.sent']);
};

/**
 * Starts the services that this project replaces, with PEER_COMMAND, on the servers of the run.
 * @param {object} options
 * @param {import('./servers.mjs').Servers} options.servers
 * @param {import('#local/process/guard-client.mjs').Guard} options.guard
 * @param {string} options.command
 * @returns {Promise<System>}
 */
export const startPeerSystem = async ({ servers: { dir, ports, urls, sink }, guard, command }) => {
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
};

/**
 * The peer that runs already.
 * @param {string} base
 * @returns {System}
 */
export const runningPeer = (base) => ({
  name: 'peer',
  base,
  startMs: 0,
  pids: () => [],
  sendTopic: undefined,
  stop: async () => undefined,
});
