/** Counters and gauges, named as AWS names them. https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html */
export const COUNTERS = [
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
export const GAUGES = ['MaxOffsetLag', 'SumOffsetLag', 'ConcurrentExecutions'] as const;

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
