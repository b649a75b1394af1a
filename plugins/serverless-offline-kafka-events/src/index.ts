export { type MappingMetrics, readMetrics } from './metrics/metrics.ts';
export { default } from './offline/plugin.ts';
export type { LambdaKafkaEvent, LambdaKafkaRecord } from './record/record.ts';
