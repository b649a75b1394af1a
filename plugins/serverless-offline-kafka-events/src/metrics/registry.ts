import type { MappingMetrics, MetricsRecorder } from './metrics.ts';

// One process runs one service, so one list; tests and the endpoint read it.
let recorders: MetricsRecorder[] = [];

export function watchMetrics(recorder: MetricsRecorder): void {
  recorders.push(recorder);
}

export function forgetMetrics(): void {
  recorders = [];
}

/** The figures of every mapping that runs in this process. */
export function readMetrics(): MappingMetrics[] {
  return recorders.map((recorder) => recorder.read());
}
