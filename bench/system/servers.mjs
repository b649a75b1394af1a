import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { localUrls } from '#local/config/settings.mjs';
import { ensurePrograms } from '#local/install/native.mjs';
import { freePorts } from '#local/process/ports.mjs';
import { startKafka } from '#local/services/kafka.mjs';
import { startMariadb } from '#local/services/mariadb.mjs';
import { startRedis } from '#local/services/redis.mjs';
import { startSink } from './sink.mjs';

/**
 * @typedef {object} Servers
 * @property {string} dir with their data, and the logs of all that runs
 * @property {Readonly<Record<string, string>>} urls as the application takes them
 * @property {Readonly<Record<'kafka' | 'redis' | 'mysql', number>>} ports
 * @property {Readonly<Record<'kafka' | 'redis' | 'mysql', number>>} pids
 * @property {import('./sink.mjs').Sink} sink
 */

/**
 * Starts the servers as `npm start` does, durable ones, on free ports and with fresh data.
 * @param {string} dir
 * @param {import('#local/process/guard-client.mjs').Guard} guard
 * @returns {Promise<Servers>}
 */
export const startServers = async (dir, guard) => {
  mkdirSync(dir, { recursive: true });
  const { mariadb, redis, java } = await ensurePrograms(['kafka', 'redis', 'mysql']);
  const [kafkaPort = 0, redisPort = 0, mysqlPort = 0] = await freePorts(3);
  const context = (/** @type {string} */ name, /** @type {number} */ port) => ({
    dir,
    port,
    logFile: path.join(dir, `${name}.log`),
    guard,
    isThrowAway: false,
  });
  const [sink, ...started] = await Promise.all([
    startSink(guard),
    startKafka(context('kafka', kafkaPort), { java: java?.java ?? 'java' }),
    startRedis(context('redis', redisPort), { server: redis?.server ?? 'redis-server' }),
    startMariadb(context('mariadb', mysqlPort), { server: mariadb?.server ?? 'mariadbd' }),
  ]);
  await Promise.all(started.map(({ ready }) => ready));
  const [kafka, redisServer, mysql] = started.map(({ service }) => service.pid);
  const ports = { kafka: kafkaPort, redis: redisPort, mysql: mysqlPort };
  return {
    dir,
    urls: localUrls({ ...ports, mail: sink.port }),
    ports,
    pids: { kafka: kafka ?? 0, redis: redisServer ?? 0, mysql: mysql ?? 0 },
    sink,
  };
};
