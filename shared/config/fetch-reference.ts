import { readFile } from 'node:fs/promises';
import { AppError } from '#shared/errors/app-error.ts';
import { errorCodeOf } from '#shared/errors/error-text.ts';
import type { Reference } from './reference.ts';

/** Together with connecting, within the time that a call may wait for a database. */
const LIMIT_MS = 1200;

const TARGETS = {
  ssm: ['AmazonSSM.GetParameter', (name: string) => ({ Name: name, WithDecryption: true })],
  secretsmanager: ['secretsmanager.GetSecretValue', (name: string) => ({ SecretId: name })],
} as const;

/** The store refused or did not answer. Names the setting and the problem, never a value. */
class NotFetchedError extends Error {
  readonly code: string;

  constructor(setting: string, code: string, cause?: unknown) {
    super(`${setting} could not be fetched (${code})`, { cause });
    this.name = 'NotFetchedError';
    this.code = code;
  }
}

function endpointOf(service: keyof typeof TARGETS, region: string): string {
  const own = service === 'ssm' ? process.env['AWS_ENDPOINT_URL_SSM'] : process.env['AWS_ENDPOINT_URL_SECRETS_MANAGER'];
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return own ?? process.env['AWS_ENDPOINT_URL'] ?? `https://${service}.${region}.${domain}`;
}

function textAt(value: unknown, path: readonly string[]): string | undefined {
  let at: unknown = value;
  for (const key of path) at = typeof at === 'object' && at !== null && key in at ? Reflect.get(at, key) : undefined;
  return typeof at === 'string' ? at : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Sends one signed request. aws4fetch adds 15 ms and 8 KB to a cold start, AWS's SDK 300 ms and 640 KB (docs/deploy.md). It is
 * loaded only where a setting is a reference.
 */
async function call(service: keyof typeof TARGETS, name: string): Promise<Response> {
  const { AwsClient } = await import('aws4fetch');
  const region = process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'] ?? '';
  const sessionToken = process.env['AWS_SESSION_TOKEN'];
  const client = new AwsClient({
    accessKeyId: process.env['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: process.env['AWS_SECRET_ACCESS_KEY'] ?? '',
    ...(sessionToken === undefined ? {} : { sessionToken }),
    service,
    region,
    retries: 1,
    initRetryMs: 50,
  });
  const [target, request] = TARGETS[service];
  return client.fetch(endpointOf(service, region), {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
    body: JSON.stringify(request(name)),
    signal: AbortSignal.timeout(LIMIT_MS),
  });
}

async function fromStore(reference: Exclude<Reference, { kind: 'file' }>, setting: string): Promise<string> {
  const response = await call(reference.kind, reference.name);
  const answer = parsed(await response.text());
  if (!response.ok) {
    const type = textAt(answer, ['__type'])?.split('#').at(-1) ?? `HTTP ${response.status}`;
    throw new NotFetchedError(setting, type);
  }
  if (reference.kind === 'ssm') {
    const value = textAt(answer, ['Parameter', 'Value']);
    if (value !== undefined) return value;
  } else {
    const secret = textAt(answer, ['SecretString']);
    const value =
      secret === undefined || reference.field === undefined ? secret : textAt(parsed(secret), [reference.field]);
    if (value !== undefined) return value;
  }
  throw new NotFetchedError(setting, 'NO_VALUE');
}

/**
 * Fetches the value of a reference.
 * @param setting the variable that holds the reference, for the error message
 * @throws AppError DEPENDENCY_DOWN
 */
export async function fetchReference(reference: Reference, setting: string): Promise<string> {
  try {
    return reference.kind === 'file' ? await readFile(reference.name, 'utf8') : await fromStore(reference, setting);
  } catch (error) {
    const name = error instanceof Error ? error.name : 'UNKNOWN';
    const cause =
      error instanceof NotFetchedError ? error : new NotFetchedError(setting, errorCodeOf(error) ?? name, error);
    throw new AppError('DEPENDENCY_DOWN', 'A setting is not available.', { retryAfterSeconds: 2, cause });
  }
}
