import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { runDir } from '#tools/paths.ts';
import { step } from '../cli/progress.ts';
import { type Ports, type ServiceName, serviceNames } from '../cli/settings.ts';
import { StartError } from '../cli/start-error.ts';
import type { Programs } from '../install/native.ts';
import type { Guard } from '../process/guard-client.ts';
import type { ManagedProcess } from '../process/managed-process.ts';
import { endStale } from '../process/pid-file.ts';
import { startKafka } from './kafka.ts';
import { startMail } from './mail.ts';
import { startMariadb } from './mariadb.ts';
import { startRedis } from './redis.ts';

/** Held by the process that runs the local services: only one at a time may use their data. */
export const servicesLock = path.join(runDir, 'services.lock');

export interface NativeOptions {
  services: readonly ServiceName[];
  ports: Ports;
  programs: Programs;
  guard: Guard;
  /** For the services' data. */
  dir: string;
  logDir: string;
  /** For pid files. */
  runDir?: string;
  isThrowAway?: boolean;
  onStarted: (service: ManagedProcess) => void;
}

/** The names of each service's log and pid file. */
export const serviceFiles: Record<ServiceName, string> = {
  mail: 'mail',
  kafka: 'kafka',
  redis: 'redis',
  mysql: 'mariadb',
};

const labels: Record<ServiceName, string> = { mail: 'mail catcher', kafka: 'Kafka', redis: 'Redis', mysql: 'MariaDB' };

/**
 * Starts services as child processes.
 * @returns a promise per service, resolved once it is ready, and at once where it is not among `services`
 */
export function startNative(options: NativeOptions): Record<ServiceName, Promise<void>> {
  mkdirSync(options.dir, { recursive: true });
  const begin = (name: ServiceName) => (options.services.includes(name) ? startOne(name, options) : Promise.resolve());
  return { kafka: begin('kafka'), mysql: begin('mysql'), redis: begin('redis'), mail: begin('mail') };
}

async function startOne(name: ServiceName, options: NativeOptions) {
  const { ports, programs, guard, dir, logDir, runDir, isThrowAway = false, onStarted } = options;
  const context = {
    dir,
    port: ports[name],
    logFile: path.join(logDir, `${serviceFiles[name]}.log`),
    ...(runDir === undefined ? {} : { pidFile: path.join(runDir, `${serviceFiles[name]}.pid`) }),
    guard,
    isThrowAway,
  };
  const start = {
    mysql: () => startMariadb(context, required(programs.mariadb)),
    redis: () => startRedis(context, required(programs.redis)),
    kafka: () => startKafka(context, required(programs.java)),
    mail: () => startMail(context, { webPort: ports.mailUi }),
  };
  await step(`${labels[name]} on port ${ports[name]}`, async () => {
    const { service, ready } = await start[name]();
    onStarted(service);
    await ready;
  });
}

function required<T>(program: T | undefined): T {
  if (program === undefined) throw new StartError('A required program was not found after its installation');
  return program;
}

/**
 * Ends the services that an earlier start left behind when it was killed together with its guard.
 * @returns their names
 */
export async function endStaleServices(runDir: string): Promise<string[]> {
  const ended: string[] = [];
  for (const name of serviceNames.toReversed()) {
    if (await endStale(path.join(runDir, `${serviceFiles[name]}.pid`))) ended.push(labels[name]);
  }
  return ended;
}
