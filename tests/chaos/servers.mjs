import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProcess, waitUntilReady } from '#local/process/managed-process.mjs';
import { probe } from '#local/process/ports.mjs';
import { startKafka } from '#local/services/kafka.mjs';
import { startMariadb } from '#local/services/mariadb.mjs';
import { startRedis } from '#local/services/redis.mjs';
import { signalsFor } from './target.mjs';

/**
 * @typedef {'kafka' | 'redis' | 'mysql' | 'smtp'} ServerName
 * @typedef {object} ServerPlace
 * @property {string} dir
 * @property {number} port
 * @property {number} advertisedPort of the proxy in front of it
 * @property {import('#local/process/guard-client.mjs').Guard} guard
 * @property {import('#local/install/native.mjs').Programs} programs
 */

const sinkScript = fileURLToPath(new URL('./sink.mjs', import.meta.url));

/** The mail server's journal. */
export const journalIn = (/** @type {string} */ dir) => path.join(dir, 'mails.jsonl');

/** @param {import('#local/services/service.mjs').ServiceContext} context */
const startSink = async ({ dir, port, logFile, guard }) => {
  const service = startProcess(
    { name: 'mail server', file: process.execPath, args: [sinkScript, String(port), journalIn(dir)], logFile },
    guard,
  );
  const isReady = () => probe(port, { isAnswer: (data) => data.toString().startsWith('220') });
  return { service, ready: waitUntilReady(service, { isReady, timeoutMs: 30_000, logFile }) };
};

/**
 * Starts a server that can be ended and started again on the same port with the same data.
 * @param {ServerName} name
 * @param {ServerPlace} place
 * @returns {Promise<import('./target.mjs').Target>}
 */
export const startServer = async (name, { dir, port, advertisedPort, guard, programs }) => {
  mkdirSync(dir, { recursive: true });
  const { mariadb, redis, java } = programs;
  // Not as throw-away: what a server has acknowledged must outlive its kill, or nothing could be said about losses.
  const context = { dir, port, logFile: path.join(dir, `${name}.log`), guard, isThrowAway: false };
  const launch = {
    kafka: () => startKafka(context, { java: java?.java ?? 'java' }, { advertisedPort }),
    mysql: () => startMariadb(context, { server: mariadb?.server ?? 'mariadbd' }),
    redis: () => startRedis({ ...context, isThrowAway: true }, { server: redis?.server ?? 'redis-server' }),
    smtp: () => startSink(context),
  };
  let pid = 0;
  const start = async () => {
    const { service, ready } = await launch[name]();
    pid = service.pid;
    await ready;
  };
  await start();
  return { ...signalsFor(() => (pid > 0 ? [pid] : [])), start };
};
