import http from 'node:http';

/** A request exactly as sent: nothing is added, normalised or followed. */
export interface RawRequest {
  readonly method: string;
  /** Path and query as sent, without percent-encoding. */
  readonly path: string;
  /** A list sends the header once per value. */
  readonly headers?: http.OutgoingHttpHeaders;
  readonly body?: string | Buffer;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

const LIMIT_MS = 10_000;

/** Sends one request on a new connection; unlike fetch, it sends a body with GET, and paths with `..`. */
export function sendRequest(base: string, { method, path, headers = {}, body }: RawRequest): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(base);
    const isCounted = body !== undefined && headers['transfer-encoding'] === undefined;
    const length = isCounted ? { 'content-length': Buffer.byteLength(body) } : {};
    const request = http.request({ hostname, port, method, path, agent: false, headers: { ...length, ...headers } });
    request.setTimeout(LIMIT_MS, () => request.destroy(new Error(`${method} ${path}: no answer in ${LIMIT_MS} ms`)));
    request.on('error', reject);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    request.end(body);
  });
}
