import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { localUrls } from '#shared/config/defaults.ts';
import { parseBrokers, type Settings } from '#tools/local/cli/settings.ts';
import { ensurePrograms } from '#tools/local/install/native.ts';
import type { Guard } from '#tools/local/process/guard-client.ts';
import { freePorts } from '#tools/local/process/ports.ts';
import { startTcpProxy, type TcpProxy } from '../faults/tcp-proxy.ts';
import { moveAddresses } from './kafka-addresses.ts';
import { openPool } from './our-records.ts';
import { journalIn, type ServerName, startServer } from './servers.ts';
import type { Target } from './target.ts';
import { countBrokers } from './topics.ts';

/** What a fault can do to one dependency. */
export interface Victim {
  proxies: readonly TcpProxy[];
  /** its process, where it is ours */
  target: Target | undefined;
  /** why its process is left alone */
  foreign?: string;
  /** why its clients do not come through the proxy */
  unproxied?: string;
}

export interface Backing {
  victims: Readonly<Record<ServerName, Victim>>;
  /** through the proxies, for the application */
  urls: Readonly<Record<string, string>>;
  /** past the proxies, for the checker */
  directUrls: Readonly<Record<string, string>>;
  journal: string;
  isOwnMysql: boolean;
  stop: () => Promise<void>;
}

const serverNames = ['kafka', 'redis', 'mysql', 'smtp'] as const;

/** Which URLs lead to which server. */
const variablesOf = {
  kafka: ['KAFKA_BROKERS'],
  redis: ['REDIS_URL'],
  mysql: ['USERS_DATABASE_URL', 'NOTIFICATIONS_DATABASE_URL'],
  smtp: ['SMTP_URL'],
};

const defaultPorts = { 'mysql:': 3306, 'redis:': 6379, 'rediss:': 6379 } as Record<string, number>;

/** Where a URL or a list of brokers leads. */
function addressOf(variable: string, value: string) {
  const [broker] = variable === 'KAFKA_BROKERS' ? parseBrokers(value) : [];
  if (broker !== undefined) return broker;
  const { hostname, port, protocol } = new URL(value);
  return { host: hostname, port: Number(port || defaultPorts[protocol]) };
}

/** @param port of the proxy */
function movedTo(variable: string, value: string, port: number) {
  if (variable === 'KAFKA_BROKERS') return `127.0.0.1:${port}`;
  const url = new URL(value);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  return url.href.replace(/\/$/, '');
}

/** Databases of this run alone, on a server that others may use. */
function withDatabaseOfItsOwn(value: string) {
  const url = new URL(value);
  url.pathname = `/chaos_${randomBytes(5).toString('hex')}`;
  return url.href;
}

/** One proxy stands for one broker. */
async function whyUnproxied(brokers: string) {
  const count = await countBrokers(brokers);
  if (count === 1) return undefined;
  return `a cluster of ${count} brokers: clients go to the addresses that they advertise, past the proxy`;
}

/** @param isBroker clients go where it says: it says the proxy */
function startFront(target: { host: string; port: number }, port: number, isBroker: boolean) {
  const newChange = () => moveAddresses(() => ({ host: '127.0.0.1', port }));
  return startTcpProxy(target, undefined, { port, ...(isBroker ? { newChange } : {}) });
}

async function dropDatabase(value: string) {
  const pool = openPool(value);
  await pool.query('DROP DATABASE IF EXISTS ??', [new URL(value).pathname.slice(1)]);
  await pool.end();
}

/**
 * Starts the servers whose URLs are not given, each behind a proxy; those that are given get the proxy alone. The mail server
 * is always ours: only there can mails be counted.
 */
export async function startBacking({
  dir,
  guard,
  settings,
}: {
  dir: string;
  guard: Guard;
  settings: Pick<Settings, 'local'> & { urls: Record<string, string> };
}): Promise<Backing> {
  mkdirSync(dir, { recursive: true });
  const isOwn = (name: ServerName) => name === 'smtp' || settings.local.includes(name);
  const programs = await ensurePrograms(settings.local.filter((name) => name !== 'mail'));
  const [kafka = 0, redis = 0, mysql = 0, mail = 0, ...proxyPorts] = await freePorts(9);
  const own: Record<string, string> = localUrls({ kafka, redis, mysql, mail });
  const directUrls: Record<string, string> = {};
  const urls: Record<string, string> = {};
  const stops: (() => Promise<void> | void)[] = [];

  const startVictim = async (name: ServerName) => {
    const proxies = [];
    const unproxied =
      name === 'kafka' && !isOwn(name) ? await whyUnproxied(settings.urls['KAFKA_BROKERS'] ?? '') : undefined;
    for (const variable of variablesOf[name]) {
      const given = settings.urls[variable] ?? '';
      const value = isOwn(name) ? (own[variable] ?? '') : name === 'mysql' ? withDatabaseOfItsOwn(given) : given;
      const proxy = await startFront(addressOf(variable, value), proxyPorts.pop() ?? 0, name === 'kafka' && !unproxied);
      stops.push(proxy.stop);
      proxies.push(proxy);
      directUrls[variable] = value;
      urls[variable] = movedTo(variable, value, proxy.port);
      if (!isOwn(name) && name === 'mysql') stops.push(() => dropDatabase(value));
    }
    if (!isOwn(name)) {
      const foreign = `${variablesOf[name].join(', ')} set: a server that is not ours is never stopped`;
      return { proxies, target: undefined, foreign, ...(unproxied === undefined ? {} : { unproxied }) };
    }
    const port = { kafka, redis, mysql, smtp: mail }[name];
    const advertisedPort = proxies[0]?.port ?? port;
    const target = await startServer(name, { dir: `${dir}/${name}`, port, advertisedPort, guard, programs });
    stops.unshift(target.end);
    return { proxies, target };
  };

  const entries = await Promise.all(serverNames.map(async (name) => [name, await startVictim(name)]));
  return {
    victims: Object.fromEntries(entries),
    urls,
    directUrls,
    journal: journalIn(`${dir}/smtp`),
    isOwnMysql: isOwn('mysql'),
    stop: async () => {
      for (const stop of stops) await stop();
    },
  };
}
