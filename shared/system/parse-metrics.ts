import type { Consumer } from './consumer.ts';

const SAMPLE = /^kafka_events_(\w+)\{function="([^"]*)",topic="([^"]*)",group="([^"]*)"\} (\d+(?:\.\d+)?)$/;

/** The metrics that are told, by the name that the event source gives them. */
const FIGURES: Readonly<Record<string, 'lag' | 'batchesInFlight' | 'records' | 'failedBatches'>> = {
  sum_offset_lag: 'lag',
  concurrent_executions: 'batchesInFlight',
  invoked_event_count_total: 'records',
  invoke_error_count_total: 'failedBatches',
};

/** The consumers in the event source's metrics (Prometheus' text format), in the order in which they come. */
export function parseMetrics(text: string): Consumer[] {
  const found = new Map<string, Consumer>();
  for (const line of text.split('\n')) {
    const [, metric = '', fn = '', topic = '', group = '', value = ''] = SAMPLE.exec(line) ?? [];
    const figure = FIGURES[metric];
    if (figure === undefined) continue;
    const key = `${fn}\n${topic}\n${group}`;
    const known = found.get(key) ?? {
      function: fn,
      topic,
      group,
      lag: 0,
      batchesInFlight: 0,
      records: 0,
      failedBatches: 0,
    };
    found.set(key, { ...known, [figure]: Math.round(Number(value)) });
  }
  return [...found.values()];
}
