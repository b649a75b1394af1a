import { StartError } from '../cli/start-error.mjs';
import { parseBrokers, parseUrl } from './urls.mjs';

/**
 * @typedef {'mysql' | 'redis' | 'kafka' | 'mail'} ServiceName
 * @typedef {{ mysql: number, redis: number, kafka: number, mail: number, mailUi: number, http: number, emailHttp: number, lambda: number }} Ports
 * @typedef {Record<string, string | undefined>} Env
 * @typedef {object} Settings
 * @property {Ports} ports
 * @property {ServiceName[]} local what this machine has to run, because its URL is not set
 * @property {string} host where HTTP listens
 * @property {number} heapMb what the application's JavaScript objects may take
 * @property {Record<string, string>} urls the application's five URLs, set or local
 */

/** Which variable moves which port. */
export const portVariables = /** @type {const} */ ({
  http: ['HTTP_PORT', 8081],
  emailHttp: ['EMAIL_HTTP_PORT', 8083],
  lambda: ['LAMBDA_PORT', 3002],
  mysql: ['MYSQL_PORT', 5000],
  redis: ['REDIS_PORT', 6379],
  kafka: ['KAFKA_PORT', 9092],
  mail: ['SMTP_PORT', 1025],
  mailUi: ['MAIL_UI_PORT', 8025],
});

/** The variables that take a service out of our hands. */
export const serviceVariables = /** @type {const} */ ({
  mysql: ['USERS_DATABASE_URL', 'NOTIFICATIONS_DATABASE_URL'],
  redis: ['REDIS_URL'],
  kafka: ['KAFKA_BROKERS'],
  mail: ['SMTP_URL'],
});

/**
 * Reads the environment.
 * @param {Env} env
 * @returns {Settings}
 * @throws {StartError} one line that names the variable
 */
export function readSettings(env) {
  const ports = readPorts(env);
  const local = /** @type {ServiceName[]} */ (Object.keys(serviceVariables)).filter((name) => isLocal(name, env));
  const urls = { ...localUrls(ports), ...givenUrls(env) };
  return { ports, local, host: env.HTTP_HOST || '127.0.0.1', heapMb: readHeapMb(env), urls };
}

/**
 * The URLs of the services that this machine runs.
 * @param {Pick<Ports, 'mysql' | 'redis' | 'kafka' | 'mail'>} ports
 * @returns {Record<string, string>}
 */
export function localUrls({ mysql, redis, kafka, mail }) {
  return {
    USERS_DATABASE_URL: `mysql://tester:password@127.0.0.1:${mysql}/users`,
    NOTIFICATIONS_DATABASE_URL: `mysql://tester:password@127.0.0.1:${mysql}/notifications`,
    REDIS_URL: `redis://127.0.0.1:${redis}`,
    KAFKA_BROKERS: `127.0.0.1:${kafka}`,
    SMTP_URL: `smtp://127.0.0.1:${mail}`,
  };
}

/**
 * @param {Env} env
 * @returns {Ports}
 */
function readPorts(env) {
  const ports = Object.entries(portVariables).map(([key, [name, fallback]]) => [key, readPort(name, fallback, env)]);
  return Object.fromEntries(ports);
}

/**
 * @param {string} name
 * @param {number} fallback
 * @param {Env} env
 */
function readPort(name, fallback, env) {
  const text = env[name];
  if (text === undefined) return fallback;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65535) throw new StartError(`${name} must be a port between 1 and 65535, not '${text}'`);
  return port;
}

/** Every handler together needs some 110. V8 takes what it is given, up to gigabytes, rather than collect. */
const heapMb = 256;
/** Code that was replaced by a saved file cannot be collected. */
const reloadingHeapMb = 1024;

/** @param {Env} env */
function readHeapMb(env) {
  const text = env['APP_HEAP_MB'];
  if (text === undefined) return env['HOT_RELOAD'] === '0' ? heapMb : reloadingHeapMb;
  const megabytes = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (megabytes < 128) throw new StartError(`APP_HEAP_MB must be a number of megabytes from 128 on, not '${text}'`);
  return megabytes;
}

/**
 * @param {ServiceName} service
 * @param {Env} env
 */
function isLocal(service, env) {
  const names = serviceVariables[service];
  const missing = names.filter((name) => env[name] === undefined);
  if (missing.length === names.length) return true;
  if (missing.length === 0) return false;
  const given = names.filter((name) => env[name] !== undefined);
  throw new StartError(`${missing.join(', ')} is not set although ${given.join(', ')} is: set both or neither`);
}

/**
 * @param {Env} env
 * @returns {Record<string, string>}
 */
function givenUrls(env) {
  /** @type {Record<string, string>} */
  const urls = {};
  for (const name of Object.values(serviceVariables).flat()) {
    const value = env[name];
    if (value === undefined) continue;
    if (name === 'KAFKA_BROKERS') parseBrokers(name, value);
    else parseUrl(name, value);
    urls[name] = value;
  }
  return urls;
}
