import { StartError } from '../cli/start-error.ts';
import { parseBrokers, parseUrl } from './urls.ts';

export type ServiceName = 'mysql' | 'redis' | 'kafka' | 'mail';

export type Ports = {
  mysql: number;
  redis: number;
  kafka: number;
  mail: number;
  mailUi: number;
  http: number;
  emailHttp: number;
  lambda: number;
};

export type Env = Record<string, string | undefined>;

export interface Settings {
  ports: Ports;
  /** what this machine has to run, because its URL is not set */
  local: ServiceName[];
  /** where HTTP listens */
  host: string;
  /** what the application's JavaScript objects may take */
  heapMb: number;
  /** the application's five URLs, set or local */
  urls: Record<string, string>;
}

/** Which variable moves which port. */
export const portVariables = {
  http: ['HTTP_PORT', 8081],
  emailHttp: ['EMAIL_HTTP_PORT', 8083],
  lambda: ['LAMBDA_PORT', 3002],
  mysql: ['MYSQL_PORT', 5000],
  redis: ['REDIS_PORT', 6379],
  kafka: ['KAFKA_PORT', 9092],
  mail: ['SMTP_PORT', 1025],
  mailUi: ['MAIL_UI_PORT', 8025],
} as const;

/** The variables that take a service out of our hands. */
export const serviceVariables = {
  mysql: ['USERS_DATABASE_URL', 'NOTIFICATIONS_DATABASE_URL'],
  redis: ['REDIS_URL'],
  kafka: ['KAFKA_BROKERS'],
  mail: ['SMTP_URL'],
} as const;

/**
 * Reads the environment.
 * @throws {StartError} one line that names the variable
 */
export function readSettings(env: Env): Settings {
  const ports = readPorts(env);
  const local = (Object.keys(serviceVariables) as ServiceName[]).filter((name) => isLocal(name, env));
  const urls = { ...localUrls(ports), ...givenUrls(env) };
  return { ports, local, host: env.HTTP_HOST || '127.0.0.1', heapMb: readHeapMb(env), urls };
}

/** The URLs of the services that this machine runs. */
export function localUrls({
  mysql,
  redis,
  kafka,
  mail,
}: Pick<Ports, 'mysql' | 'redis' | 'kafka' | 'mail'>): Record<string, string> {
  return {
    USERS_DATABASE_URL: `mysql://tester:password@127.0.0.1:${mysql}/users`,
    NOTIFICATIONS_DATABASE_URL: `mysql://tester:password@127.0.0.1:${mysql}/notifications`,
    REDIS_URL: `redis://127.0.0.1:${redis}`,
    KAFKA_BROKERS: `127.0.0.1:${kafka}`,
    SMTP_URL: `smtp://127.0.0.1:${mail}`,
  };
}

function readPorts(env: Env): Ports {
  const ports = Object.entries(portVariables).map(([key, [name, fallback]]) => [key, readPort(name, fallback, env)]);
  return Object.fromEntries(ports);
}

function readPort(name: string, fallback: number, env: Env) {
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

function readHeapMb(env: Env) {
  const text = env['APP_HEAP_MB'];
  if (text === undefined) return env['HOT_RELOAD'] === '0' ? heapMb : reloadingHeapMb;
  const megabytes = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (megabytes < 128) throw new StartError(`APP_HEAP_MB must be a number of megabytes from 128 on, not '${text}'`);
  return megabytes;
}

function isLocal(service: ServiceName, env: Env) {
  const names = serviceVariables[service];
  const missing = names.filter((name) => env[name] === undefined);
  if (missing.length === names.length) return true;
  if (missing.length === 0) return false;
  const given = names.filter((name) => env[name] !== undefined);
  throw new StartError(`${missing.join(', ')} is not set although ${given.join(', ')} is: set both or neither`);
}

function givenUrls(env: Env): Record<string, string> {
  const urls: Record<string, string> = {};
  for (const name of Object.values(serviceVariables).flat()) {
    const value = env[name];
    if (value === undefined) continue;
    if (name === 'KAFKA_BROKERS') parseBrokers(name, value);
    else parseUrl(name, value);
    urls[name] = value;
  }
  return urls;
}
