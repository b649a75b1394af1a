import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Programs } from '#tools/local/install/native.ts';
import type { Guard } from '#tools/local/process/guard-client.ts';
import { startProcess, waitUntilReady } from '#tools/local/process/managed-process.ts';
import { typescriptOptions } from '#tools/local/process/node-arguments.ts';
import { probe } from '#tools/local/process/ports.ts';
import { startKafka } from '#tools/local/services/kafka.ts';
import { startMariadb } from '#tools/local/services/mariadb.ts';
import { startRedis } from '#tools/local/services/redis.ts';
import type { ServiceContext } from '#tools/local/services/service.ts';
import { signalsFor, type Target } from './target.ts';

export type ServerName = 'kafka' | 'redis' | 'mysql' | 'smtp';

export interface ServerPlace {
  dir: string;
  port: number;
  /** of the proxy in front of it */
  advertisedPort: number;
  guard: Guard;
  programs: Programs;
}

const sinkScript = fileURLToPath(new URL('./sink.ts', import.meta.url));

/** The mail server's journal. */
export function journalIn(dir: string) {
  return path.join(dir, 'mails.jsonl');
}

async function startSink({ dir, port, logFile, guard }: ServiceContext) {
  const service = startProcess(
    {
      name: 'mail server',
      file: process.execPath,
      args: [...typescriptOptions, sinkScript, String(port), journalIn(dir)],
      logFile,
    },
    guard,
  );
  const isReady = () => probe(port, { isAnswer: (data) => data.toString().startsWith('220') });
  return { service, ready: waitUntilReady(service, { isReady, timeoutMs: 30_000, logFile }) };
}

/** Starts a server that can be ended and started again on the same port with the same data. */
export async function startServer(
  name: ServerName,
  { dir, port, advertisedPort, guard, programs }: ServerPlace,
): Promise<Target> {
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
}
