import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '#shared/errors/app-error.ts';
import { errorCodeOf } from '#shared/errors/error-text.ts';
import type { Reference } from './reference.ts';

/** Together with connecting, within the time that a call may wait for a database. */
const LIMIT_MS = 1200;
/** The store's limit. */
const MOST_PARAMETERS = 10;
/** Both stores throttle with HTTP 400. */
const MAY_PASS = /Throttl|TooManyRequests|LimitExceeded|Internal|Unavailable|^HTTP 5/;

const TARGETS = { ssm: 'AmazonSSM.GetParameters', secretsmanager: 'secretsmanager.GetSecretValue' } as const;

type Service = keyof typeof TARGETS;

/** The store refused or did not answer. Names the setting and the problem, never a value. */
class NotFetchedError extends Error {
  readonly code: string;

  constructor(setting: string, code: string, cause?: unknown) {
    super(`${setting} could not be fetched (${code})`, { cause });
    this.name = 'NotFetchedError';
    this.code = code;
  }
}

/** The store's own error code. */
class StoreError extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

function endpointOf(service: Service, region: string): string {
  const own = service === 'ssm' ? process.env['AWS_ENDPOINT_URL_SSM'] : process.env['AWS_ENDPOINT_URL_SECRETS_MANAGER'];
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return own ?? process.env['AWS_ENDPOINT_URL'] ?? `https://${service}.${region}.${domain}`;
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && key in value ? Reflect.get(value, key) : undefined;
}

function textAt(value: unknown, key: string): string | undefined {
  const text = fieldOf(value, key);
  return typeof text === 'string' ? text : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The function's role, which signs requests. */
export function awsCredentials() {
  const sessionToken = process.env['AWS_SESSION_TOKEN'];
  return {
    accessKeyId: process.env['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: process.env['AWS_SECRET_ACCESS_KEY'] ?? '',
    ...(sessionToken === undefined ? {} : { sessionToken }),
  };
}

/**
 * Sends a signed request, again while the store throttles. aws4fetch adds 15 ms and 8 KB to a cold start, AWS's SDK 300 ms and
 * 640 KB (docs/adr/0005). It is loaded only where a setting is a reference.
 * @throws StoreError
 */
async function call(service: Service, request: unknown): Promise<unknown> {
  const { AwsClient } = await import('aws4fetch');
  const region = process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'] ?? '';
  const client = new AwsClient({ ...awsCredentials(), service, region, retries: 0 });
  const deadline = performance.now() + LIMIT_MS;
  for (let attempt = 1; ; attempt += 1) {
    const response = await client.fetch(endpointOf(service, region), {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': TARGETS[service] },
      body: JSON.stringify(request),
      signal: AbortSignal.timeout(Math.ceil(deadline - performance.now())),
    });
    const answer = parsed(await response.text());
    if (response.ok) return answer;
    const code = textAt(answer, '__type')?.split('#').at(-1) ?? `HTTP ${response.status}`;
    // Jitter: all functions of a deploy start at once.
    const waitMs = Math.random() * 50 * 2 ** attempt;
    if (!MAY_PASS.test(code) || performance.now() + waitMs >= deadline) throw new StoreError(code);
    await delay(waitMs);
  }
}

/** Fetches up to ten parameters in one call. @returns their values by name, without those that do not exist */
async function fetchParameters(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const answer = await call('ssm', { Names: names, WithDecryption: true });
  const parameters = fieldOf(answer, 'Parameters');
  return new Map(
    (Array.isArray(parameters) ? parameters : []).flatMap((parameter: unknown) => {
      const [name, value] = [textAt(parameter, 'Name'), textAt(parameter, 'Value')];
      return name === undefined || value === undefined ? [] : [[name, value] as const];
    }),
  );
}

/** How long a value counts as new, from the call that fetched it. */
const NEW_FOR_MS = 10_000;

interface Fetching {
  readonly values: Promise<ReadonlyMap<string, string>>;
  readonly since: number;
}

/** Parameters that were fetched together with another and not read yet. A renewal, which comes later, fetches its own. */
const unread = new Map<string, Fetching>();

async function parameter(name: string, together: readonly string[]): Promise<string> {
  const now = performance.now();
  const known = unread.get(name);
  unread.delete(name);
  const isNew = known !== undefined && now - known.since < NEW_FOR_MS;
  const names = [...new Set([name, ...together])].slice(0, MOST_PARAMETERS);
  const fetching = isNew ? known : { values: fetchParameters(names), since: now };
  if (!isNew) {
    for (const other of names.slice(1)) unread.set(other, fetching);
    fetching.values.catch(() => {
      for (const other of names) if (unread.get(other) === fetching) unread.delete(other);
    });
  }
  const value = (await fetching.values).get(name);
  if (value === undefined) throw new StoreError('ParameterNotFound');
  return value;
}

async function secret(name: string, field: string | undefined): Promise<string> {
  const text = textAt(await call('secretsmanager', { SecretId: name }), 'SecretString');
  const value = text === undefined || field === undefined ? text : textAt(parsed(text), field);
  if (value === undefined) throw new StoreError('NO_VALUE');
  return value;
}

function stored(reference: Reference, together: readonly string[]): Promise<string> {
  switch (reference.kind) {
    case 'file':
      return readFile(reference.name, 'utf8');
    case 'ssm':
      return parameter(reference.name, together);
    case 'secretsmanager':
      return secret(reference.name, reference.field);
  }
}

/** Puts a stored login into the reference's URL, if it has one. */
function composed({ url }: Reference, value: string): string {
  if (url === undefined) return value;
  const login = parsed(value);
  const user = url.user ?? textAt(login, 'username');
  const password = url.user === undefined ? textAt(login, 'password') : value;
  if (user === undefined || password === undefined) throw new StoreError('NO_VALUE');
  const encodedUser = url.user ?? encodeURIComponent(user);
  return `${url.scheme}${encodedUser}:${encodeURIComponent(password)}@${url.rest}`;
}

/**
 * Fetches the value of a reference.
 * @param setting the variable that holds the reference, for the error message
 * @param together names of further parameters to fetch in the same call, because they will be needed
 * @throws AppError DEPENDENCY_DOWN
 */
export async function fetchReference(
  reference: Reference,
  setting: string,
  together: readonly string[] = [],
): Promise<string> {
  try {
    return composed(reference, await stored(reference, together));
  } catch (error) {
    const name = error instanceof Error ? error.name : 'UNKNOWN';
    const code = error instanceof StoreError ? error.code : (errorCodeOf(error) ?? name);
    const cause = new NotFetchedError(setting, code, error);
    throw new AppError('DEPENDENCY_DOWN', 'A setting is not available.', { retryAfterSeconds: 2, cause });
  }
}
