import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { step } from '../cli/progress.mjs';
import { StartError } from '../cli/start-error.mjs';
import { endStale } from '../process/pid-file.mjs';
import { startKafka } from './kafka.mjs';
import { startMail } from './mail.mjs';
import { startMariadb } from './mariadb.mjs';
import { startRedis } from './redis.mjs';

/**
 * @typedef {import('../config/settings.mjs').ServiceName} ServiceName
 * @typedef {import('../process/managed-process.mjs').ManagedProcess} ManagedProcess
 * @typedef {object} NativeOptions
 * @property {ServiceName[]} services
 * @property {import('../config/settings.mjs').Ports} ports
 * @property {import('../install/native.mjs').Programs} programs
 * @property {import('../process/guard-client.mjs').Guard} guard
 * @property {string} dir for their data
 * @property {string} logDir
 * @property {string} [runDir] for pid files
 * @property {boolean} [isThrowAway]
 * @property {(service: ManagedProcess) => void} onStarted
 */

/** Which log and pid file belongs to which service, in the order in which they are stopped. */
export const serviceFiles = { mail: 'mail', kafka: 'kafka', redis: 'redis', mysql: 'mariadb' };

/** @type {Record<ServiceName, string>} */
const labels = { mail: 'mail catcher', kafka: 'Kafka', redis: 'Redis', mysql: 'MariaDB' };

/**
 * Starts services as child processes and says when each is ready.
 * @param {NativeOptions} options
 * @returns {Record<ServiceName, Promise<void>>} resolved at once for a service that is not wanted
 */
export function startNative(options) {
  mkdirSync(options.dir, { recursive: true });
  const begin = (/** @type {ServiceName} */ name) =>
    options.services.includes(name) ? startOne(name, options) : Promise.resolve();
  return { kafka: begin('kafka'), mysql: begin('mysql'), redis: begin('redis'), mail: begin('mail') };
}

/**
 * @param {ServiceName} name
 * @param {NativeOptions} options
 */
async function startOne(name, options) {
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

/**
 * @template T
 * @param {T | undefined} program
 * @returns {T}
 */
function needed(program) {
  if (program === undefined) throw new StartError('a program is missing that should have been installed');
  return program;
}

/**
 * Ends services that an earlier start left behind when it was killed together with its guard.
 * @param {string} runDir
 * @returns {Promise<string[]>} their names
 */
export async function endStaleServices(runDir) {
  /** @type {string[]} */
  const ended = [];
  for (const [service, file] of Object.entries(serviceFiles)) {
    if (await endStale(path.join(runDir, `${file}.pid`))) ended.push(labels[/** @type {ServiceName} */ (service)]);
  }
  return ended;
}
