import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

export type HttpResponse = APIGatewayProxyStructuredResultV2;
type Headers = Readonly<Record<string, string>>;

export function json(statusCode: number, body: unknown, headers: Headers = {}): HttpResponse {
  return {
    statusCode,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
  };
}

export function text(body: string): HttpResponse {
  return { statusCode: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}

export function html(body: string, headers: Headers = {}): HttpResponse {
  return { statusCode: 200, headers: { 'content-type': 'text/html; charset=utf-8', ...headers }, body };
}

export function noContent(headers: Headers = {}): HttpResponse {
  return { statusCode: 204, headers };
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes text for HTML content and quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (found) => ENTITIES[found] ?? found);
}
