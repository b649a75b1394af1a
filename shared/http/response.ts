import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

export type HttpResponse = APIGatewayProxyStructuredResultV2;
type Headers = Readonly<Record<string, string>>;

export const json = (statusCode: number, body: unknown, headers: Headers = {}): HttpResponse => ({
  statusCode,
  headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  body: JSON.stringify(body),
});

export const text = (body: string): HttpResponse => ({
  statusCode: 200,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body,
});

export const html = (body: string, headers: Headers = {}): HttpResponse => ({
  statusCode: 200,
  headers: { 'content-type': 'text/html; charset=utf-8', ...headers },
  body,
});

export const noContent = (headers: Headers = {}): HttpResponse => ({ statusCode: 204, headers });
