import type { OutgoingHttpHeaders } from 'node:http';
import { inject } from 'vitest';
import { type CheckAnswer, documentedBy, type OpenApi } from './documented.ts';
import { SECRETS } from './secret-marks.ts';
import { type RawAnswer, sendRequest } from './send-request.ts';

export interface CallOptions {
  /** Sent as JSON with the JSON media type. */
  readonly json?: unknown;
  /** Sent unchanged. */
  readonly body?: string | Buffer;
  readonly headers?: OutgoingHttpHeaders;
  /** Another port that serves the same routes. */
  readonly base?: string;
}

/** A response; its body is parsed if it is JSON. */
export interface Answer<T> extends RawAnswer {
  readonly body: T;
}

const { baseUrl } = inject('application');
let check: Promise<CheckAnswer> | undefined;

async function loadCheck(): Promise<CheckAnswer> {
  const { text } = await sendRequest(baseUrl, { method: 'GET', path: '/openapi.json' });
  const document: OpenApi = JSON.parse(text);
  return documentedBy(document);
}

function parse(answer: RawAnswer): unknown {
  return (answer.headers['content-type'] ?? '').startsWith('application/json') && answer.text !== ''
    ? JSON.parse(answer.text)
    : answer.text;
}

/**
 * Makes a call and returns its response.
 * @throws if /openapi.json does not document the response, or if it contains a secret
 */
export async function call<T = unknown>(
  method: string,
  path: string,
  { json, body, headers = {}, base = baseUrl }: CallOptions = {},
): Promise<Answer<T>> {
  check ??= loadCheck();
  const sent = json === undefined ? body : JSON.stringify(json);
  const answer = await sendRequest(base, {
    method,
    path,
    headers: json === undefined ? headers : { 'content-type': 'application/json', ...headers },
    ...(sent === undefined ? {} : { body: sent }),
  });
  (await check)(method, path, answer);
  if (SECRETS.test(answer.text)) throw new Error(`${method} ${path} answered with a secret: ${answer.text}`);
  return { ...answer, body: parse(answer) as T };
}
