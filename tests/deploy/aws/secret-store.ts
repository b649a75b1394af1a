import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What was asked for, in order. */
export interface Asked {
  readonly target: string;
  readonly name: string;
}

export interface SecretStore {
  readonly url: string;
  /** SSM parameters and secrets, by name. */
  readonly values: Map<string, string>;
  readonly asked: Asked[];
  /** How requests are answered: as they should, with an error, or not at all. */
  mode: 'pass' | 'throttle' | 'silent';
  stop(): Promise<void>;
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const parsed: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
}

const SIGNED =
  /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/[a-z0-9-]+\/(ssm|secretsmanager)\/aws4_request, .*Signature=[0-9a-f]{64}$/;

/** Systems Manager's parameters and Secrets Manager on one port, as far as reading a value goes; it insists on a signature. */
export async function startSecretStore(values: Readonly<Record<string, string>> = {}): Promise<SecretStore> {
  const asked: Asked[] = [];
  const known = new Map(Object.entries(values));
  const store = { mode: 'pass' as SecretStore['mode'] };

  const answer = async (request: IncomingMessage): Promise<[status: number, body: unknown]> => {
    const target = String(request.headers['x-amz-target']);
    const body = await bodyOf(request);
    const isSecret = target === 'secretsmanager.GetSecretValue';
    const name = String(isSecret ? body['SecretId'] : body['Name']);
    asked.push({ target, name });
    const service = SIGNED.exec(request.headers.authorization ?? '')?.[1];
    if (service !== (isSecret ? 'secretsmanager' : 'ssm')) return [403, { __type: 'IncompleteSignatureException' }];
    if (store.mode === 'throttle') return [400, { __type: 'ThrottlingException' }];
    const value = known.get(name);
    if (isSecret)
      return value === undefined
        ? [400, { __type: 'ResourceNotFoundException' }]
        : [200, { Name: name, SecretString: value }];
    if (target !== 'AmazonSSM.GetParameter' || body['WithDecryption'] !== true)
      return [400, { __type: 'InvalidAction' }];
    return value === undefined
      ? [400, { __type: 'com.amazonaws.ssm#ParameterNotFound' }]
      : [200, { Parameter: { Name: name, Type: 'SecureString', Value: value } }];
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
    asked,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

/** What a Lambda function finds in its environment to ask the store with. */
export function storeEnvironment(url: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'dummy',
    AWS_SESSION_TOKEN: 'dummy',
  };
}
