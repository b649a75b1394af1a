import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Resources } from '#tests/deploy/templates/template.ts';
import { answerAsS3, type Buckets, type CloudAnswer, type CloudRequest } from './object-store.ts';
import { answerAsCloudFormation, type Stacks } from './stacks.ts';

export interface Cloud {
  readonly url: string;
  readonly stacks: Stacks;
  readonly buckets: Buckets;
  /** every call, as its action, path, or `S3.METHOD /path` */
  readonly calls: string[];
  /** @returns the resources of a stack's current template */
  resources(stack: string): Resources;
  stop(): Promise<void>;
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

const identity = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::123456789012:user/test</Arn><UserId>AIDTEST</UserId><Account>123456789012</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>`;

/** osls reads functions here to detect changes. The answer is always that the function, or image repository, does not exist. */
const LAMBDA = '/2015-03-31/functions/';

const xml = { 'content-type': 'text/xml' };

/**
 * Starts a stand-in for what `sls deploy` and `sls remove` call in AWS: STS, S3, and CloudFormation, which accepts every template
 * and creates its resources at once.
 */
export async function startCloud(): Promise<Cloud> {
  const stacks: Stacks = new Map();
  const buckets: Buckets = new Map();
  const calls: string[] = [];

  const answer = (request: CloudRequest): CloudAnswer => {
    const missing = request.path.startsWith(LAMBDA) ? 'ResourceNotFoundException' : 'RepositoryNotFoundException';
    if (request.path.startsWith(LAMBDA) || request.headers['x-amz-target'] !== undefined) {
      calls.push(String(request.headers['x-amz-target'] ?? request.path));
      return { status: 404, body: JSON.stringify({ __type: missing }), headers: { 'x-amzn-errortype': missing } };
    }
    const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
    if (!isForm || request.path !== '/') {
      calls.push(`S3.${request.method} ${request.path}`);
      return answerAsS3(request, buckets);
    }
    const form = new URLSearchParams(request.body.toString('utf8'));
    const action = form.get('Action') ?? '';
    calls.push(action);
    if (action === 'GetCallerIdentity') return { status: 200, body: identity, headers: xml };
    return { headers: xml, ...answerAsCloudFormation(action, form, stacks, buckets) };
  };

  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://localhost');
    const {
      status,
      body,
      headers = {},
    } = answer({
      method: incoming.method ?? 'GET',
      path: decodeURIComponent(pathname),
      query: searchParams,
      headers: incoming.headers,
      body: await read(incoming),
    });
    response.writeHead(status, { 'x-amzn-requestid': 'test', ...headers }).end(incoming.method === 'HEAD' ? '' : body);
  };
  const server = createServer((incoming, response) => void handle(incoming, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stacks,
    buckets,
    calls,
    resources: (name) => stacks.get(name)?.template.Resources ?? {},
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
