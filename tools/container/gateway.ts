// The one address of all replicas: `docker compose up --scale app=3`. Compose cannot publish one host port for several
// containers, so this program holds the ports and spreads the requests.
import { resolve4 } from 'node:dns/promises';
import http from 'node:http';
import { forwardedHeaders } from './forwarded-headers.ts';

const PORTS = [8081, 8083];
const REFRESH_MS = 1000;
const CONNECT_LIMIT_MS = 1000;

/** The replicas in the order in which they are asked; the one that answered goes to the end. */
let replicas: string[] = [];

async function refresh(service: string): Promise<void> {
  const found = await resolve4(service).catch((): string[] => []);
  if (found.length === 0) return;
  replicas = [...replicas.filter((address) => found.includes(address)), ...found.filter((a) => !replicas.includes(a))];
}

function unavailable(response: http.ServerResponse): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(503, { 'content-type': 'application/json', 'retry-after': '1' });
  response.end(JSON.stringify({ error: 'Service unavailable!', code: 'DEPENDENCY_DOWN', status: 503 }));
}

/** Connects to a replica. Nothing of the request is sent until then, so a replica that cannot be reached is skipped safely. */
function connect(request: http.IncomingMessage, host: string, port: number): Promise<http.ClientRequest> {
  const headers = forwardedHeaders(request, process.env['GATEWAY_SECRET']);
  return new Promise((resolve, reject) => {
    const { method, url: path } = request;
    const outgoing = http.request({ host, port, method, path, headers, agent: false });
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

async function forward(request: http.IncomingMessage, response: http.ServerResponse, port: number): Promise<void> {
  for (const host of [...replicas]) {
    const outgoing = await connect(request, host, port).catch(() => undefined);
    if (outgoing === undefined) continue;
    replicas = [...replicas.filter((address) => address !== host), host];
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
}

/** Listens until SIGTERM. */
async function main(service: string): Promise<void> {
  await refresh(service);
  setInterval(() => void refresh(service), REFRESH_MS);
  for (const port of PORTS) {
    http.createServer((request, response) => void forward(request, response, port)).listen(port, '0.0.0.0');
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0));
  console.log(`Forwarding ports ${PORTS.join(' and ')} to ${replicas.length} replicas of ${service}`);
}

await main(process.env['GATEWAY_TARGET'] ?? 'app');
