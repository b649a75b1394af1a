import { expect, test } from 'vitest';
import { createMetricsRecorder, toPrometheusText } from '../../src/metrics/metrics.ts';

test('metrics are written in Prometheus’ text format', () => {
  const recorder = createMetricsRecorder({ functionKey: 'f', topic: 'a"b\\c', groupId: 'g' });
  recorder.add('PolledEventCount', 3);
  recorder.add('CommitErrorCount');
  recorder.setLag(0, 5);
  recorder.setLag(1, 7);
  recorder.setLag(2, 100);
  recorder.forgetLag(2);
  recorder.setLag(3, -1);
  recorder.invocationBegan();
  recorder.invocationBegan()();

  const text = toPrometheusText([recorder.read()]);

  const labels = '{function="f",topic="a\\"b\\\\c",group="g"}';
  expect(text).toContain(
    `# TYPE kafka_events_polled_event_count_total counter\nkafka_events_polled_event_count_total${labels} 3\n`,
  );
  expect(text).toContain(`kafka_events_commit_error_count_total${labels} 1\n`);
  expect(text).toContain(`# TYPE kafka_events_max_offset_lag gauge\nkafka_events_max_offset_lag${labels} 7\n`);
  expect(text).toContain(`kafka_events_sum_offset_lag${labels} 12\n`);
  expect(text).toContain(`kafka_events_concurrent_executions${labels} 1\n`);
});
