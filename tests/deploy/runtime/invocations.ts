export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** the body, if it is JSON */
  readonly json: Readonly<Record<string, unknown>>;
}

interface HttpRequest {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
}

/** The event of API Gateway for a route such as 'GET /api/users/{id}'. */
export function httpInvocation(routeKey: string, { headers = {}, body, path = {}, query = {} }: HttpRequest = {}) {
  const [method = 'GET', template = '/'] = routeKey.split(' ');
  const rawPath = template.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(path[name] ?? ''));
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return {
    version: '2.0',
    routeKey,
    rawPath,
    rawQueryString: new URLSearchParams(query).toString(),
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    queryStringParameters: query,
    pathParameters: path,
    requestContext: {
      accountId: '123456789012',
      stage: '$default',
      routeKey,
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' },
    },
    ...(text === undefined ? {} : { body: text }),
    isBase64Encoded: false,
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Reads a function's answer to API Gateway. */
export function httpAnswer(value: unknown): HttpAnswer {
  if (!isObject(value) || typeof value['statusCode'] !== 'number')
    throw new Error(`The answer has no statusCode: ${JSON.stringify(value)}`);
  const headers = Object.fromEntries(Object.entries(isObject(value['headers']) ? value['headers'] : {})) as Record<
    string,
    string
  >;
  const encoded = typeof value['body'] === 'string' ? value['body'] : '';
  const body = value['isBase64Encoded'] === true ? Buffer.from(encoded, 'base64').toString('utf8') : encoded;
  const isJson = (headers['content-type'] ?? '').startsWith('application/json');
  const json: unknown = isJson ? JSON.parse(body) : {};
  return { statusCode: value['statusCode'], headers, body, json: isObject(json) ? json : {} };
}

/** The event for one round of a scheduled function. */
export const singleRound = { once: true };
