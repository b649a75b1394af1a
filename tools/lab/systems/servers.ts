import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { localUrls } from '#shared/config/defaults.ts';
import { parseBrokers, readSettings, type Settings } from '#tools/local/cli/settings.ts';
import { StartError } from '#tools/local/cli/start-error.ts';
import { ensurePrograms } from '#tools/local/install/native.ts';
import type { Guard } from '#tools/local/process/guard-client.ts';
import { startProcess, waitUntilReady } from '#tools/local/process/managed-process.ts';
import { typescriptOptions } from '#tools/local/process/node-arguments.ts';
import { freePorts, probe } from '#tools/local/process/ports.ts';
import {
  type Project,
  prefersContainers,
  removeArguments,
  removeContainers,
  signalContainers,
  startContainers,
} from '#tools/local/services/docker.ts';
import { startMariadb } from '#tools/local/services/mariadb.ts';
import { startRedis } from '#tools/local/services/redis.ts';
import type { ServiceContext } from '#tools/local/services/service.ts';
import { rootDir } from '#tools/paths.ts';
import { type Address, moveAddresses } from '../faults/kafka-addresses.ts';
import { startTarget, type Target, together, type Victim } from '../faults/target.ts';
import { startTcpProxy, throughProxy } from '../faults/tcp-proxy.ts';
import { type Brokers, leaderOf, startBrokers } from './brokers.ts';
import { countBrokers } from './kafka.ts';
import { followJournal, type Mail } from './mail-journal.ts';

export type ServerName = 'kafka' | 'redis' | 'mysql' | 'smtp';

/** The servers that the systems of a run share. */
export interface Servers {
  /** holds their data, and the logs of everything that runs */
  dir: string;
  /** for applications: through the proxies, where there are any */
  urls: Readonly<Record<string, string>>;
  /** past the proxies */
  directUrls: Readonly<Record<string, string>>;
  victims: Readonly<Record<ServerName, Victim>>;
  /** the one of several brokers that leads a topic's first partition; undefined where there is one broker */
  leaderOf: ((topic: string) => Promise<Victim>) | undefined;
  /** every mail that the mail server has taken so far */
  mails: () => readonly Mail[];
  /** adds work to the stop, such as removing what was created on a server that others use */
  atStop: (work: () => Promise<void>) => void;
  stop: () => Promise<void>;
}

export interface ServerOptions {
  dir: string;
  guard: Guard;
  /** those whose URLs are given are used as they are */
  settings: Pick<Settings, 'local' | 'urls'>;
  /** puts a proxy in front of each server; Redis then keeps nothing when it is killed */
  isProxied: boolean;
  /** how many brokers Kafka has, if it is started here (1) */
  brokers?: number;
}

/** Which variables lead to which server. */
const variablesOf = {
  kafka: ['KAFKA_BROKERS'],
  redis: ['REDIS_URL'],
  mysql: ['USERS_DATABASE_URL', 'NOTIFICATIONS_DATABASE_URL'],
  smtp: ['SMTP_URL'],
} as const;

const defaultPorts: Readonly<Record<string, number>> = { 'mysql:': 3306, 'redis:': 6379, 'rediss:': 6379 };

/** The address in a URL or the first one in a list of brokers. */
export function addressOf(variable: string, value: string): Address {
  const [broker] = variable === 'KAFKA_BROKERS' ? parseBrokers(value) : [];
  if (broker !== undefined) return broker;
  const { hostname, port, protocol } = new URL(value);
  return { host: hostname, port: Number(port || defaultPorts[protocol]) };
}

/** One proxy stands for one broker. */
async function whyUnproxied(brokers: string) {
  const count = await countBrokers(brokers);
  if (count === 1) return undefined;
  return `a cluster of ${count} brokers: clients connect to the addresses that they advertise, past the proxy`;
}

/** @param isBroker rewrites the addresses in its answers, so that clients come back to the proxy */
function startFront(target: Address, port: number, isBroker: boolean) {
  const newChange = () => moveAddresses(() => ({ host: '127.0.0.1', port }));
  return startTcpProxy(target, undefined, { port, ...(isBroker ? { newChange } : {}) });
}

function startMailSink({ dir, port, logFile, guard }: ServiceContext) {
  const script = fileURLToPath(new URL('./mail-sink.ts', import.meta.url));
  const args = [...typescriptOptions, script, String(port), journalIn(dir)];
  const service = startProcess({ name: 'mail server', file: process.execPath, args, logFile }, guard);
  const isReady = () => probe(port, { isAnswer: (data) => data.toString().startsWith('220') });
  return { service, ready: waitUntilReady(service, { isReady, timeoutMs: 30_000, logFile }) };
}

/** A server in a container of this run's own project. */
async function startContainer(name: Exclude<ServerName, 'smtp'>, project: Project): Promise<Target> {
  const start = () => startContainers([name], project).ready[name];
  const to = (verb: Parameters<typeof signalContainers>[0]) => () => signalContainers(verb, [name], project);
  await start();
  return {
    pids: () => [],
    stop: to('stop'),
    kill: to('kill'),
    pause: to('pause'),
    resume: to('unpause'),
    start,
    end: async () => undefined,
  };
}

function journalIn(dir: string) {
  return path.join(dir, 'mails.jsonl');
}

/**
 * Starts the servers whose URLs are not given. The mail server is always started: only there can mails be counted. A server
 * can be stopped and started again on the same port with the same data.
 */
export async function startServers({
  dir,
  guard,
  settings,
  isProxied,
  brokers: count = 1,
}: ServerOptions): Promise<Servers> {
  mkdirSync(dir, { recursive: true });
  const isOwn = (name: ServerName) => name === 'smtp' || settings.local.includes(name);
  const [kafkaPort = 0, redisPort = 0, mysqlPort = 0, smtpPort = 0, ...proxyPorts] = await freePorts(9);
  const ports = { kafka: kafkaPort, redis: redisPort, mysql: mysqlPort, smtp: smtpPort };
  const ownUrls = localUrls({ ...ports, mail: smtpPort });
  const directUrls: Record<string, string> = {};
  const urls: Record<string, string> = {};
  const stops: (() => Promise<void> | void)[] = [];

  const own = settings.local.filter((name) => name !== 'mail');
  const project = {
    name: `registration-lab-${process.pid}-${mysqlPort}`,
    ports: { ...readSettings({}).ports, ...ports },
  };
  const isDocker = await prefersContainers(own, project);
  const { mariadb, redis, java } = isDocker ? {} : await ensurePrograms(own);
  if (isDocker) {
    guard.atEnd('docker', removeArguments(project), rootDir);
    stops.push(() => removeContainers(project));
  }

  if (count > 1 && (isDocker || !isOwn('kafka')))
    throw new StartError('Several brokers run without Docker only: set NO_DOCKER=1 and unset KAFKA_BROKERS.');

  const startServer = async (name: ServerName) => {
    if (name === 'kafka' || (isDocker && name !== 'smtp')) return startContainer(name, project);
    // Durable: what a server has acknowledged must outlive its kill, or nothing could be said about losses.
    const context = { dir, port: ports[name], logFile: path.join(dir, `${name}.log`), guard, isThrowAway: false };
    const launch = {
      mysql: () => startMariadb(context, { server: mariadb?.server ?? 'mariadbd' }),
      redis: () => startRedis({ ...context, isThrowAway: isProxied }, { server: redis?.server ?? 'redis-server' }),
      smtp: () => startMailSink(context),
    };
    return startTarget(launch[name]);
  };
  let brokers: Brokers | undefined;
  const startCluster = async (): Promise<Victim> => {
    brokers = await startBrokers(count, { dir, guard, java: java?.java ?? 'java', isProxied });
    urls['KAFKA_BROKERS'] = brokers.urls;
    directUrls['KAFKA_BROKERS'] = brokers.directUrls;
    const all = together([...brokers.byId.values()]);
    stops.push(...all.proxies.map((proxy) => proxy.stop));
    stops.unshift(async () => all.target?.end());
    return all;
  };
  const startVictim = async (name: ServerName): Promise<Victim> => {
    const isForeignBroker = name === 'kafka' && !isOwn(name);
    const unproxied = isForeignBroker ? await whyUnproxied(settings.urls['KAFKA_BROKERS'] ?? '') : undefined;
    const proxies = [];
    for (const variable of variablesOf[name]) {
      const value = (isOwn(name) ? ownUrls : settings.urls)[variable] ?? '';
      directUrls[variable] = value;
      urls[variable] = value;
      if (!isProxied) continue;
      const proxy = await startFront(addressOf(variable, value), proxyPorts.pop() ?? 0, name === 'kafka' && !unproxied);
      stops.push(proxy.stop);
      proxies.push(proxy);
      urls[variable] = name === 'kafka' ? `127.0.0.1:${proxy.port}` : throughProxy(value, proxy).replace(/\/$/, '');
    }
    if (!isOwn(name)) {
      const foreign = `${variablesOf[name].join(', ')} set: a server that this run did not start is never stopped`;
      return { proxies, target: undefined, foreign, ...(unproxied === undefined ? {} : { unproxied }) };
    }
    const target = await startServer(name);
    stops.unshift(target.end);
    return { proxies, target };
  };

  const [kafka, cache, mysql, smtp] = await Promise.all([
    isOwn('kafka') && !isDocker ? startCluster() : startVictim('kafka'),
    startVictim('redis'),
    startVictim('mysql'),
    startVictim('smtp'),
  ]);
  return {
    dir,
    urls,
    directUrls,
    victims: { kafka, redis: cache, mysql, smtp },
    leaderOf: brokers !== undefined && count > 1 ? leaderOf.bind(undefined, brokers) : undefined,
    mails: followJournal(journalIn(dir)),
    atStop: (work) => void stops.push(work),
    stop: async () => {
      for (const stop of stops) await stop();
    },
  };
}
