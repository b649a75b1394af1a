import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MappingMetrics } from './metrics.ts';
import { toPrometheusText } from './prometheus.ts';

export interface MetricsServer {
  readonly port: number;
  close(): void;
}

/** GET /metrics on the loopback interface. @throws when the port is taken */
export async function startMetricsServer(port: number, read: () => readonly MappingMetrics[]): Promise<MetricsServer> {
  const server: Server = createServer((request, response) => {
    if (request.url?.split('?')[0] !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
    response.end(toPrometheusText(read()));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
