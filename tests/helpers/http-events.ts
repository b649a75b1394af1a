import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import type { HttpHandler } from '#shared/http/http-handler.ts';

type Overrides = Partial<APIGatewayProxyEventV2>;

/** An HTTP API event with only the fields that handlers read. */
export function httpEvent(overrides: Overrides = {}): APIGatewayProxyEventV2 {
  return {
    version: '2.0',
    routeKey: 'POST /api/users/',
    headers: { 'content-type': 'application/json' },
    requestContext: { http: { method: 'POST', path: '/api/users/' } },
    isBase64Encoded: false,
    ...overrides,
  } as APIGatewayProxyEventV2;
}

const CONTEXT = { getRemainingTimeInMillis: () => 6000 } as Context;

export interface ErrorBody {
  readonly error: string;
  readonly message: string;
  readonly time: string;
  readonly status: number;
  readonly code: string;
  readonly traceId: string;
  readonly errors?: Readonly<Record<string, string>>;
}

/** Calls a handler as Lambda does; parses the body if it is JSON. */
export async function invoke(handler: HttpHandler, event: APIGatewayProxyEventV2) {
  const { statusCode = 0, headers = {}, body = '' } = await handler(event, CONTEXT);
  const isJson = String(headers['content-type'] ?? '').startsWith('application/json');
  const parsed: unknown = isJson ? JSON.parse(body) : body;
  return { status: statusCode, headers, body: parsed, error: parsed as ErrorBody };
}
