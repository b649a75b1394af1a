export type { MappingMetrics } from './metrics/metrics.ts';
export { readMetrics } from './metrics/registry.ts';
export { default } from './offline/plugin.ts';
export type { LambdaKafkaEvent, LambdaKafkaRecord } from './record/lambda-event.ts';
