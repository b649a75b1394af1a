import http from 'node:http';

export type Call = {
  method: 'GET' | 'POST';
  path: string;
  /** JSON */
  body?: string;
  headers?: Readonly<Record<string, string>>;
};

/** status 0: no answer, its reason in the text */
export type Answer = { status: number; ms: number; text: string };

export interface CallOptions {
  /** a client that waits longer has given up */
  limitMs?: number;
  signal?: AbortSignal;
  /** keeps connections. Without one each call opens its own: a kept one that the server just closed would count as an outage */
  agent?: http.Agent;
}

/** The headers of a call, without those that HTTP itself needs. */
export function headersOf({ body, headers = {} }: Call): Record<string, string> {
  return { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers };
}

/**
 * Makes one call.
 * @returns never fails
 */
export function callOnce(
  base: string,
  call: Call,
  { limitMs = 30_000, signal, agent }: CallOptions = {},
): Promise<Answer> {
  return new Promise((resolve) => {
    const { hostname, port } = new URL(base);
    const { method, path, body } = call;
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const started = performance.now();
    const end = (status: number, text: string) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
      resolve({ status, ms: performance.now() - started, text });
    };
    const headers = { ...headersOf(call), ...length };
    const request = http.request({ hostname, port, method, path, agent: agent ?? false, headers });
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

/**
 * Makes one call that has to succeed.
 * @returns the answer's text
 * @throws unless the answer is 2xx
 */
export async function fetchText(base: string, call: Call, options?: CallOptions): Promise<string> {
  const { status, text } = await callOnce(base, call, options);
  if (status < 200 || status > 299)
    throw new Error(`${call.method} ${base}${call.path} was answered ${status}: ${text.slice(0, 200)}`);
  return text;
}
