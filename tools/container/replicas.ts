import http from 'node:http';
import { forwardedHeaders } from './forwarded-headers.ts';

const CONNECT_LIMIT_MS = 1000;
/** Longer than any function that serves HTTP may run. */
const RESPONSE_LIMIT_MS = 30_000;

export interface Replicas {
  /** The addresses in the order in which they are asked. */
  addresses(): readonly string[];
  /** Replaces the replicas by those that exist now, and asks again those that did not answer. */
  refresh(): Promise<void>;
  forward(request: http.IncomingMessage, response: http.ServerResponse, port: number): Promise<void>;
}

interface Options {
  /** The addresses of the replicas; none while the name server does not answer. */
  readonly find: () => Promise<readonly string[]>;
  /** Where a replica listens. Default: the address itself is the host. */
  readonly locate?: (address: string, port: number) => { host: string; port: number };
  readonly responseLimitMs?: number;
}

/**
 * Spreads requests over replicas: the one that took a request goes to the end. One that cannot be reached is skipped. The kernel
 * accepts connections also for a container that is paused: one that does not answer in time is asked last until it answers again.
 * @param options port: of the health check
 */
export function createReplicas(
  healthPort: number,
  { find, locate = (host, port) => ({ host, port }), responseLimitMs = RESPONSE_LIMIT_MS }: Options,
): Replicas {
  let all: readonly string[] = [];
  const silent = new Set<string>();

  async function recheck(address: string): Promise<void> {
    const { host, port } = locate(address, healthPort);
    const signal = AbortSignal.timeout(CONNECT_LIMIT_MS);
    const isAnswering = await fetch(`http://${host}:${port}/health/live`, { signal }).then(
      async (answer) => {
        await answer.body?.cancel();
        return true;
      },
      () => false,
    );
    if (isAnswering) silent.delete(address);
  }

  function addresses(): readonly string[] {
    return [...all.filter((address) => !silent.has(address)), ...all.filter((address) => silent.has(address))];
  }

  return {
    addresses,
    async refresh() {
      const found = await find();
      if (found.length > 0) {
        all = [
          ...all.filter((address) => found.includes(address)),
          ...found.filter((address) => !all.includes(address)),
        ];
      }
      for (const address of silent) if (!all.includes(address)) silent.delete(address);
      await Promise.all([...silent].map(recheck));
    },
    async forward(request, response, port) {
      for (const address of addresses()) {
        const outgoing = await connect(request, locate(address, port)).catch(() => undefined);
        if (outgoing === undefined) continue;
        all = [...all.filter((other) => other !== address), address];
        outgoing.setTimeout(responseLimitMs, () => {
          silent.add(address);
          outgoing.destroy(new Error('no answer'));
        });
        outgoing.on('response', (incoming) => {
          response.writeHead(incoming.statusCode ?? 502, incoming.rawHeaders);
          incoming.pipe(response);
          incoming.on('error', () => response.destroy());
        });
        outgoing.on('error', () => unavailable(response));
        response.on('close', () => outgoing.destroy());
        request.pipe(outgoing);
        return;
      }
      unavailable(response);
    },
  };
}

function unavailable(response: http.ServerResponse): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(503, { 'content-type': 'application/json', 'retry-after': '1' });
  response.end(JSON.stringify({ error: 'Service unavailable!', code: 'DEPENDENCY_DOWN', status: 503 }));
}

/** Connects to a replica. Nothing of the request is sent until then, so a replica that cannot be reached is skipped safely. */
function connect(request: http.IncomingMessage, address: { host: string; port: number }): Promise<http.ClientRequest> {
  const headers = forwardedHeaders(request, process.env['GATEWAY_SECRET']);
  return new Promise((resolve, reject) => {
    const { method, url: path } = request;
    const outgoing = http.request({ ...address, method, path, headers, agent: false });
    const limit = setTimeout(() => outgoing.destroy(new Error('connect timed out')), CONNECT_LIMIT_MS);
    const connected = () => {
      clearTimeout(limit);
      resolve(outgoing);
    };
    outgoing.on('socket', (socket) => socket.once('connect', connected));
    outgoing.on('error', reject);
    outgoing.on('close', () => clearTimeout(limit));
  });
}
