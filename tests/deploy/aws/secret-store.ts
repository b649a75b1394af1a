import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request for a secret, or for several parameters. */
export interface StoreRequest {
  readonly target: string;
  readonly names: readonly string[];
}

export interface SecretStore {
  readonly url: string;
  /** SSM parameters and secrets, by name */
  readonly values: Map<string, string>;
  /** all requests, in order */
  readonly requests: StoreRequest[];
  /** answers normally, with a throttling error, or not at all */
  mode: 'pass' | 'throttle' | 'silent';
  stop(): Promise<void>;
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const parsed: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
}

function namesIn({ Names }: Record<string, unknown>): string[] {
  return Array.isArray(Names) ? Names.map(String) : [];
}

const SIGNED =
  /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/[a-z0-9-]+\/(ssm|secretsmanager)\/aws4_request, .*Signature=[0-9a-f]{64}$/;

/** Starts a stand-in for Systems Manager and Secrets Manager that returns values to signed requests. */
export async function startSecretStore(values: Readonly<Record<string, string>> = {}): Promise<SecretStore> {
  const requests: StoreRequest[] = [];
  const known = new Map(Object.entries(values));
  const store = { mode: 'pass' as SecretStore['mode'] };

  const answer = async (request: IncomingMessage): Promise<[status: number, body: unknown]> => {
    const target = String(request.headers['x-amz-target']);
    const body = await bodyOf(request);
    const isSecret = target === 'secretsmanager.GetSecretValue';
    const names = isSecret ? [String(body['SecretId'])] : namesIn(body);
    const [name = ''] = names;
    requests.push({ target, names });
    const service = SIGNED.exec(request.headers.authorization ?? '')?.[1];
    if (service !== (isSecret ? 'secretsmanager' : 'ssm')) return [403, { __type: 'IncompleteSignatureException' }];
    if (store.mode === 'throttle') return [400, { __type: 'ThrottlingException' }];
    const value = known.get(name);
    if (isSecret)
      return value === undefined
        ? [400, { __type: 'ResourceNotFoundException' }]
        : [200, { Name: name, SecretString: value }];
    if (target !== 'AmazonSSM.GetParameters' || body['WithDecryption'] !== true)
      return [400, { __type: 'InvalidAction' }];
    if (names.length > 10 || new Set(names).size < names.length)
      return [400, { __type: 'com.amazonaws.ssm#ValidationException' }];
    const found = names.flatMap((entry) => (known.has(entry) ? [{ Name: entry, Value: known.get(entry) }] : []));
    return [200, { Parameters: found, InvalidParameters: names.filter((entry) => !known.has(entry)) }];
  };

  const server: Server = createServer((request, response) => {
    void answer(request).then(([status, body]) => {
      if (store.mode === 'silent') return;
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(store, {
    url: `http://127.0.0.1:${port}`,
    values: known,
    requests,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

/** The variables with which a Lambda function reaches the store. */
export function storeEnvironment(url: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'dummy',
    AWS_SESSION_TOKEN: 'dummy',
  };
}
