import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { step } from '../cli/progress.ts';
import { StartError } from '../cli/start-error.ts';
import type { Ports, ServiceName } from '../config/settings.ts';
import type { Programs } from '../install/native.ts';
import type { Guard } from '../process/guard-client.ts';
import type { ManagedProcess } from '../process/managed-process.ts';
import { endStale } from '../process/pid-file.ts';
import { startKafka } from './kafka.ts';
import { startMail } from './mail.ts';
import { startMariadb } from './mariadb.ts';
import { startRedis } from './redis.ts';

export interface NativeOptions {
  services: ServiceName[];
  ports: Ports;
  programs: Programs;
  guard: Guard;
  /** for their data */
  dir: string;
  logDir: string;
  /** for pid files */
  runDir?: string;
  isThrowAway?: boolean;
  onStarted: (service: ManagedProcess) => void;
}

/** Which log and pid file belongs to which service, in the order in which they are stopped. */
export const serviceFiles = { mail: 'mail', kafka: 'kafka', redis: 'redis', mysql: 'mariadb' };

const labels: Record<ServiceName, string> = { mail: 'mail catcher', kafka: 'Kafka', redis: 'Redis', mysql: 'MariaDB' };

/**
 * Starts services as child processes and says when each is ready.
 * @returns resolved at once for a service that is not wanted
 */
export function startNative(options: NativeOptions): Record<ServiceName, Promise<void>> {
  mkdirSync(options.dir, { recursive: true });
  const begin = (name: ServiceName) => (options.services.includes(name) ? startOne(name, options) : Promise.resolve());
  return { kafka: begin('kafka'), mysql: begin('mysql'), redis: begin('redis'), mail: begin('mail') };
}

async function startOne(name: ServiceName, options: NativeOptions) {
  const { ports, programs, guard, dir, logDir, runDir, isThrowAway = false, onStarted } = options;
  const pidFile = runDir === undefined ? undefined : path.join(runDir, `${serviceFiles[name]}.pid`);
  const context = {
    dir,
    port: ports[name],
    logFile: path.join(logDir, `${serviceFiles[name]}.log`),
    ...(pidFile === undefined ? {} : { pidFile }),
    guard,
    isThrowAway,
  };
  const start = {
    mysql: () => startMariadb(context, needed(programs.mariadb)),
    redis: () => startRedis(context, needed(programs.redis)),
    kafka: () => startKafka(context, needed(programs.java)),
    mail: () => startMail(context, { webPort: ports.mailUi }),
  };
  await step(`${labels[name]} on port ${ports[name]}`, async () => {
    const { service, ready } = await start[name]();
    onStarted(service);
    await ready;
  });
}

function needed<T>(program: T | undefined): T {
  if (program === undefined) throw new StartError('a program is missing that should have been installed');
  return program;
}

/**
 * Ends services that an earlier start left behind when it was killed together with its guard.
 * @returns their names
 */
export async function endStaleServices(runDir: string): Promise<string[]> {
  const ended: string[] = [];
  for (const [service, file] of Object.entries(serviceFiles)) {
    if (await endStale(path.join(runDir, `${file}.pid`))) ended.push(labels[service as ServiceName]);
  }
  return ended;
}
