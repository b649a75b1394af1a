import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { COUNTERS, GAUGES, type MappingMetrics } from './metrics.ts';

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

/** Prometheus' text format, one family per AWS name. */
export function toPrometheusText(metrics: readonly MappingMetrics[]): string {
  const families = [
    ...COUNTERS.map((name) => ({ name, type: 'counter', family: `${familyName(name)}_total` })),
    ...GAUGES.map((name) => ({ name, type: 'gauge', family: familyName(name) })),
  ];
  return families
    .map(({ name, type, family }) => {
      const samples = metrics.map(({ functionKey, topic, groupId, values }) => {
        const labels = Object.entries({ function: functionKey, topic, group: groupId })
          .map(([label, value]) => `${label}="${escapeLabel(value)}"`)
          .join(',');
        return `${family}{${labels}} ${values[name]}\n`;
      });
      return `# HELP ${family} AWS Lambda's ${name}\n# TYPE ${family} ${type}\n${samples.join('')}`;
    })
    .join('');
}

/** PolledEventCount → kafka_events_polled_event_count */
function familyName(name: string): string {
  return `kafka_events${name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
