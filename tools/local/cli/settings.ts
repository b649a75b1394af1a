import { LOCAL_PORTS, localUrls } from '#shared/config/defaults.ts';
import { type AddressVariable, SERVER_ADDRESSES } from '#shared/config/server-addresses.ts';
import { StartError } from './start-error.ts';

export type ServiceName = 'mysql' | 'redis' | 'kafka' | 'mail';

export type PortName = keyof typeof LOCAL_PORTS;

export type Ports = Record<PortName, number>;

export type Env = Record<string, string | undefined>;

export interface Settings {
  ports: Ports;
  /** The services to start here, because their URL is not set. */
  local: ServiceName[];
  /** The address that HTTP listens on. */
  host: string;
  /** The application's heap limit. */
  heapMb: number;
  /** The application's five URLs, set or local. */
  urls: Record<AddressVariable, string>;
}

/** The variables that replace each service by a server of the user's own. */
export const serviceVariables = {
  mysql: ['USERS_DATABASE_URL', 'NOTIFICATIONS_DATABASE_URL'],
  redis: ['REDIS_URL'],
  kafka: ['KAFKA_BROKERS'],
  mail: ['SMTP_URL'],
} as const satisfies Record<ServiceName, readonly AddressVariable[]>;

export const serviceNames: readonly ServiceName[] = ['mysql', 'redis', 'kafka', 'mail'];

const portNames = Object.keys(LOCAL_PORTS) as PortName[];

/** The handlers together need about 110 MB. Near the limit V8 collects all the time: at 160 MB a registration takes five times the work. */
const smallestHeapMb = 256;
const defaultHeapMb = 512;
/** Code that a saved file replaced cannot be collected. */
const reloadingHeapMb = 1024;

/**
 * Reads the environment.
 * @throws {StartError} one line that names the variable
 */
export function readSettings(env: Env): Settings {
  const ports = Object.fromEntries(portNames.map((name) => [name, readPort(name, env)])) as Ports;
  const local = serviceNames.filter((name) => isLocal(name, env));
  const urls = { ...localUrls(ports), ...givenAddresses(env) };
  return { ports, local, host: env.HTTP_HOST || '127.0.0.1', heapMb: readHeapMb(env), urls };
}

/** The address to connect to where `host` is one to listen on. */
export function reachable(host: string): string {
  return host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
}

/** @throws {StartError} */
export function readPort(name: PortName, env: Env): number {
  const [variable, fallback] = LOCAL_PORTS[name];
  const text = env[variable];
  if (text === undefined) return fallback;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (!isPort(port)) throw new StartError(`${variable} must be a port between 1 and 65535, not '${text}'`);
  return port;
}

function isPort(port: number) {
  return port >= 1 && port <= 65535;
}

function readHeapMb(env: Env) {
  const text = env.APP_HEAP_MB;
  if (text === undefined) return env.HOT_RELOAD === '0' ? defaultHeapMb : reloadingHeapMb;
  const megabytes = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (megabytes < smallestHeapMb)
    throw new StartError(`APP_HEAP_MB must be a number of megabytes, ${smallestHeapMb} or more, not '${text}'`);
  return megabytes;
}

function isLocal(service: ServiceName, env: Env) {
  const variables: readonly AddressVariable[] = serviceVariables[service];
  const missing = variables.filter((name) => env[name] === undefined);
  if (missing.length === 0 || missing.length === variables.length) return missing.length > 0;
  const given = variables.filter((name) => env[name] !== undefined);
  throw new StartError(`${missing.join(', ')} is not set although ${given.join(', ')} is: set both or neither`);
}

function givenAddresses(env: Env): Partial<Record<AddressVariable, string>> {
  const given: Partial<Record<AddressVariable, string>> = {};
  for (const name of Object.values(serviceVariables).flat()) {
    const value = env[name];
    if (value === undefined) continue;
    checkAddress(name, value);
    given[name] = value;
  }
  return given;
}

/** The value may hold a password: no message quotes it. */
function checkAddress(name: AddressVariable, value: string) {
  const { pattern, expected } = SERVER_ADDRESSES[name];
  const isUsable = name === 'KAFKA_BROKERS' ? hasValidPorts : isUsableUrl;
  if (new RegExp(pattern).test(value) && isUsable(value)) return;
  throw new StartError(`${name} is ${value.trim() === '' ? 'empty' : 'malformed'}: expected ${expected}`);
}

function hasValidPorts(brokers: string) {
  return parseBrokers(brokers).every(({ port }) => isPort(port));
}

/** Clients decode the credentials. */
function isUsableUrl(value: string) {
  try {
    const { hostname, username, password } = new URL(value);
    decodeURIComponent(`${username}${password}`);
    return hostname !== '';
  } catch {
    return false;
  }
}

/** The brokers in a valid value of KAFKA_BROKERS. */
export function parseBrokers(value: string): { host: string; port: number }[] {
  return value.split(',').map((broker) => {
    const [host = '', port = ''] = broker.split(':');
    return { host, port: Number(port) };
  });
}
