import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Counters and gauges, named as AWS names them. https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html */
const COUNTERS = [
  'PolledEventCount',
  'FilteredOutEventCount',
  'InvokedEventCount',
  'FailedInvokeEventCount',
  'DroppedEventCount',
  'OnFailureDestinationDeliveredEventCount',
  'OnFailureDestinationDeliveryErrorCount',
  'CommittedEventCount',
  'PollingErrorCount',
  'InvokeErrorCount',
  'CommitErrorCount',
  'SchemaRegistryErrorCount',
] as const;
const GAUGES = ['MaxOffsetLag', 'SumOffsetLag', 'ConcurrentExecutions'] as const;

type CounterName = (typeof COUNTERS)[number];
type GaugeName = (typeof GAUGES)[number];

/** The metrics of one mapping. */
export interface MappingMetrics {
  readonly functionKey: string;
  readonly topic: string;
  readonly groupId: string;
  readonly values: Readonly<Record<CounterName | GaugeName, number>>;
}

/** Records the metrics of one mapping. */
export interface MetricsRecorder {
  add(name: CounterName, count?: number): void;
  /** How far behind the partition's newest record the committed offset is. */
  setLag(partition: number, lag: number): void;
  forgetLag(partition: number): void;
  /** Marks the start of an invocation. Call the returned function at its end. */
  invocationBegan(): () => void;
  read(): MappingMetrics;
}

export function createMetricsRecorder(mapping: {
  functionKey: string;
  topic: string;
  groupId: string;
}): MetricsRecorder {
  const { functionKey, topic, groupId } = mapping;
  const counts = new Map<CounterName, number>(COUNTERS.map((name) => [name, 0]));
  const lags = new Map<number, number>();
  let executions = 0;
  return {
    add: (name, count = 1) => counts.set(name, (counts.get(name) ?? 0) + count),
    setLag: (partition, lag) => lags.set(partition, Math.max(0, lag)),
    forgetLag: (partition) => lags.delete(partition),
    invocationBegan() {
      executions += 1;
      return () => {
        executions -= 1;
      };
    },
    read() {
      const all = [...lags.values()];
      const gauges: [GaugeName, number][] = [
        ['MaxOffsetLag', Math.max(0, ...all)],
        ['SumOffsetLag', all.reduce((sum, lag) => sum + lag, 0)],
        ['ConcurrentExecutions', executions],
      ];
      const values = Object.fromEntries([...counts, ...gauges]) as Record<CounterName | GaugeName, number>;
      return { functionKey, topic, groupId, values };
    },
  };
}

// One process runs one service, so there is one list.
let recorders: MetricsRecorder[] = [];

export function watchMetrics(recorder: MetricsRecorder): void {
  recorders.push(recorder);
}

export function forgetMetrics(): void {
  recorders = [];
}

/** Returns the metrics of every mapping in this process. */
export function readMetrics(): MappingMetrics[] {
  return recorders.map((recorder) => recorder.read());
}

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
