import http from 'node:http';

/** status 0: no answer, its reason in the text */
export type Answer = { status: number; ms: number; text: string };

/**
 * Makes one call on a connection of its own: a kept connection that the server just closed would count as an outage.
 * @returns never fails
 */
export function callOnce(
  base: string,
  {
    method,
    path,
    json,
    headers = {},
    limitMs,
    signal,
  }: {
    method: string;
    path: string;
    json?: unknown;
    headers?: Record<string, string>;
    limitMs: number;
    signal?: AbortSignal | undefined;
  },
): Promise<Answer> {
  return new Promise((resolve) => {
    const { hostname, port } = new URL(base);
    const body = json === undefined ? undefined : JSON.stringify(json);
    const started = performance.now();
    const end = (status: number, text: string) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
      resolve({ status, ms: performance.now() - started, text });
    };
    const request = http.request({
      hostname,
      port,
      method,
      path,
      agent: false,
      headers: {
        ...(body === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
        ...headers,
      },
    });
    const giveUp = () => void request.destroy(new Error('ended'));
    const timer = setTimeout(() => request.destroy(new Error(`no answer in ${limitMs} ms`)), limitMs);
    signal?.addEventListener('abort', giveUp, { once: true });
    request.on('error', (error) => end(0, error.message));
    request.on('response', (response) => {
      const parts: string[] = [];
      response.setEncoding('utf8');
      response.on('data', (part) => parts.push(part));
      response.on('error', (error) => end(0, error.message));
      response.on('end', () => end(response.statusCode ?? 0, parts.join('')));
    });
    request.end(body);
  });
}
