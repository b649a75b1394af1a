import http from 'node:http';
import https from 'node:https';
import { requiredSetting } from '#shared/config/settings.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { currentTrace, formatTraceparent } from '#shared/observability/trace-context.ts';

const ANSWER_LIMIT_MS = 2000;

function unreachable(cause: unknown): AppError {
  return new AppError('DEPENDENCY_DOWN', 'The users API does not answer.', { retryAfterSeconds: 2, cause });
}

function traceHeaders(): Record<string, string> {
  const trace = currentTrace();
  return trace === undefined ? {} : { traceparent: formatTraceparent(trace) };
}

/**
 * Returns the body of a GET on the users API. Its URL comes from the configuration, never from the request.
 * @throws AppError DEPENDENCY_DOWN
 */
export async function callUsers(path: string): Promise<string> {
  const url = new URL(path, await requiredSetting('USERS_BASE_URL'));
  try {
    const response = await fetch(url, { headers: traceHeaders(), signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
    const body = await response.text();
    if (!response.ok) throw new Error(`status ${response.status}`);
    return body;
  } catch (error) {
    throw unreachable(error);
  }
}

/**
 * Posts text to the users API. Resolves when it is written to the socket, without waiting for the answer.
 * @throws AppError DEPENDENCY_DOWN when it cannot be written
 */
export async function postToUsers(path: string, body: string): Promise<void> {
  const url = new URL(path, await requiredSetting('USERS_BASE_URL'));
  const { request } = url.protocol === 'https:' ? https : http;
  await new Promise<void>((resolve, reject) => {
    const headers = {
      'content-type': 'text/plain; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      ...traceHeaders(),
    };
    const outgoing = request(url, { method: 'POST', headers, timeout: ANSWER_LIMIT_MS, agent: false });
    outgoing.on('error', (error) => reject(unreachable(error)));
    outgoing.on('timeout', () => outgoing.destroy());
    outgoing.on('response', (response) => response.resume());
    outgoing.on('socket', (socket) => socket.once('connect', () => outgoing.end(body, () => resolve())));
  });
}
