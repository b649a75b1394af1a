import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { localUrls } from '#shared/config/defaults.ts';
import { ensurePrograms } from '#tools/local/install/native.ts';
import type { Guard } from '#tools/local/process/guard-client.ts';
import { freePorts } from '#tools/local/process/ports.ts';
import { startKafka } from '#tools/local/services/kafka.ts';
import { startMariadb } from '#tools/local/services/mariadb.ts';
import { startRedis } from '#tools/local/services/redis.ts';
import { type Sink, startSink } from './sink.ts';

export interface Servers {
  /** with their data, and the logs of all that runs */
  dir: string;
  /** as the application takes them */
  urls: Readonly<Record<string, string>>;
  ports: Readonly<Record<'kafka' | 'redis' | 'mysql', number>>;
  pids: Readonly<Record<'kafka' | 'redis' | 'mysql', number>>;
  sink: Sink;
}

/** Starts the servers as `npm start` does, durable ones, on free ports and with fresh data. */
export async function startServers(dir: string, guard: Guard): Promise<Servers> {
  mkdirSync(dir, { recursive: true });
  const { mariadb, redis, java } = await ensurePrograms(['kafka', 'redis', 'mysql']);
  const [kafkaPort = 0, redisPort = 0, mysqlPort = 0] = await freePorts(3);
  const context = (name: string, port: number) => ({
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
}
