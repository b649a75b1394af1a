// The one address of all replicas: `docker compose up --scale app=3`. Compose cannot publish one host port for several
// containers, so this program holds the ports and spreads the requests.
import { resolve4 } from 'node:dns/promises';
import http from 'node:http';
import { createReplicas } from './replicas.ts';

const HTTP_PORT = 8081;
const PORTS = [HTTP_PORT, 8083];
const REFRESH_MS = 1000;

/** Listens until SIGTERM. */
async function main(service: string): Promise<void> {
  const replicas = createReplicas(HTTP_PORT, { find: () => resolve4(service).catch((): string[] => []) });
  await replicas.refresh();
  setInterval(() => void replicas.refresh(), REFRESH_MS);
  for (const port of PORTS) {
    http.createServer((request, response) => void replicas.forward(request, response, port)).listen(port, '0.0.0.0');
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0));
  console.log(`Forwarding ports ${PORTS.join(' and ')} to ${replicas.addresses().length} replicas of ${service}`);
}

await main(process.env['GATEWAY_TARGET'] ?? 'app');
