import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { localUrls } from '#local/config/settings.mjs';
import { parseBrokers } from '#local/config/urls.mjs';
import { ensurePrograms } from '#local/install/native.mjs';
import { freePorts } from '#local/process/ports.mjs';
import { startTcpProxy } from '#tests/helpers/tcp-proxy.mjs';
import { moveAddresses } from './kafka-addresses.mjs';
import { openPool } from './our-records.mjs';
import { journalIn, startServer } from './servers.mjs';
import { countBrokers } from './topics.mjs';

/**
 * What a fault can do to one dependency.
 * @typedef {object} Victim
 * @property {readonly import('#tests/helpers/tcp-proxy.mjs').TcpProxy[]} proxies
 * @property {import('./target.mjs').Target | undefined} target its process, where it is ours
 * @property {string} [foreign] why its process is left alone
 * @property {string} [unproxied] why its clients do not come through the proxy
 *
 * @typedef {import('./servers.mjs').ServerName} ServerName
 * @typedef {object} Backing
 * @property {Readonly<Record<ServerName, Victim>>} victims
 * @property {Readonly<Record<string, string>>} urls through the proxies, for the application
 * @property {Readonly<Record<string, string>>} directUrls past the proxies, for the checker
 * @property {string} journal
 * @property {boolean} isOwnMysql
 * @property {() => Promise<void>} stop
 */

const serverNames = /** @type {const} */ (['kafka', 'redis', 'mysql', 'smtp']);

/** Which URLs lead to which server. */
const variablesOf = {
  kafka: ['KAFKA_BROKERS'],
  redis: ['REDIS_URL'],
  mysql: ['USERS_DATABASE_URL', 'NOTIFICATIONS_DATABASE_URL'],
  smtp: ['SMTP_URL'],
};

const defaultPorts = /** @type {Record<string, number>} */ ({ 'mysql:': 3306, 'redis:': 6379, 'rediss:': 6379 });

/**
 * Where a URL or a list of brokers leads.
 * @param {string} variable
 * @param {string} value
 */
const addressOf = (variable, value) => {
  const [broker] = variable === 'KAFKA_BROKERS' ? parseBrokers(variable, value) : [];
  if (broker !== undefined) return broker;
  const { hostname, port, protocol } = new URL(value);
  return { host: hostname, port: Number(port || defaultPorts[protocol]) };
};

/**
 * @param {string} variable
 * @param {string} value
 * @param {number} port of the proxy
 */
const movedTo = (variable, value, port) => {
  if (variable === 'KAFKA_BROKERS') return `127.0.0.1:${port}`;
  const url = new URL(value);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  return url.href.replace(/\/$/, '');
};

/** Databases of this run alone, on a server that others may use. */
const withDatabaseOfItsOwn = (/** @type {string} */ value) => {
  const url = new URL(value);
  url.pathname = `/chaos_${randomBytes(5).toString('hex')}`;
  return url.href;
};

/** One proxy stands for one broker. */
const whyUnproxied = async (/** @type {string} */ brokers) => {
  const count = await countBrokers(brokers);
  if (count === 1) return undefined;
  return `a cluster of ${count} brokers: clients go to the addresses that they advertise, past the proxy`;
};

/**
 * @param {{ host: string, port: number }} target
 * @param {number} port
 * @param {boolean} isBroker clients go where it says: it says the proxy
 */
const startFront = (target, port, isBroker) => {
  const newChange = () => moveAddresses(() => ({ host: '127.0.0.1', port }));
  return startTcpProxy(target, undefined, { port, ...(isBroker ? { newChange } : {}) });
};

const dropDatabase = async (/** @type {string} */ value) => {
  const pool = openPool(value);
  await pool.query('DROP DATABASE IF EXISTS ??', [new URL(value).pathname.slice(1)]);
  await pool.end();
};

/**
 * Starts the servers whose URLs are not given, each behind a proxy; those that are given get the proxy alone. The mail server
 * is always ours: only there can mails be counted.
 * @param {object} options
 * @param {string} options.dir
 * @param {import('#local/process/guard-client.mjs').Guard} options.guard
 * @param {Pick<import('#local/config/settings.mjs').Settings, 'local' | 'urls'>} options.settings
 * @returns {Promise<Backing>}
 */
export const startBacking = async ({ dir, guard, settings }) => {
  mkdirSync(dir, { recursive: true });
  const isOwn = (/** @type {ServerName} */ name) => name === 'smtp' || settings.local.includes(name);
  const programs = await ensurePrograms(settings.local.filter((name) => name !== 'mail'));
  const [kafka = 0, redis = 0, mysql = 0, mail = 0, ...proxyPorts] = await freePorts(9);
  const own = localUrls({ kafka, redis, mysql, mail });
  /** @type {Record<string, string>} */
  const directUrls = {};
  /** @type {Record<string, string>} */
  const urls = {};
  /** @type {(() => Promise<void> | void)[]} */
  const stops = [];

  /** @param {ServerName} name */
  const startVictim = async (name) => {
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
};
