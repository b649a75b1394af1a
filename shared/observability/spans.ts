import { log } from './logger.ts';
import type { Attributes, FinishedSpan } from './span-exporter.ts';
import { currentTrace, newTrace, runInTrace, type TraceContext } from './trace-context.ts';

/** What the end of a span adds; `isError` marks a failure that is not thrown. */
interface SpanEnd {
  readonly attributes?: Attributes;
  readonly isError?: boolean;
}

/** What a span is about; `links` are other traces that led to it, such as those of a batch's messages. */
export interface SpanAbout<T> extends Pick<FinishedSpan, 'name' | 'kind'>, Partial<Pick<FinishedSpan, 'links'>> {
  readonly attributes?: Attributes;
  resultOf?(result: T): SpanEnd;
}

// A package without a collector's address replaces the variable by undefined, and so holds no exporter (esbuild.config.mjs).
const exporting = process.env.OTEL_EXPORTER_OTLP_ENDPOINT
  ? import('./span-exporter.ts')
      .then(({ spanExporter }) => spanExporter(process.env.OTEL_EXPORTER_OTLP_ENDPOINT ?? ''))
      // Without an exporter, calls continue without spans.
      .catch((error: unknown) => log.error('Spans cannot be exported', { error }))
  : undefined;

/** Whether spans are exported; without it, a span costs one comparison. */
export const areSpansExported: boolean = exporting !== undefined;

function now(): number {
  return performance.timeOrigin + performance.now();
}

/** Runs work in a trace and exports it as a span. Lambda freezes the process after a call, so an outermost span is sent at once. */
export async function inSpan<T>(about: SpanAbout<T>, trace: TraceContext, run: () => Promise<T>): Promise<T> {
  if (exporting === undefined) return runInTrace(trace, run);
  const isOutermost = currentTrace() === undefined;
  const startedAt = now();
  let end: SpanEnd = { isError: true };
  try {
    const result = await runInTrace(trace, run);
    end = about.resultOf?.(result) ?? {};
    return result;
  } finally {
    const { name, kind, links = [] } = about;
    const attributes = { ...about.attributes, ...end.attributes };
    const endedAt = now();
    const exporter = await exporting;
    exporter?.add({ name, kind, links, trace, attributes, startedAt, endedAt, isError: end.isError === true });
    if (isOutermost && process.env['AWS_LAMBDA_FUNCTION_NAME'] !== undefined) await exporter?.flush();
  }
}

/** Runs work as a child of the current span; outside of a trace there is none. */
export async function inChildSpan<T>(about: SpanAbout<T>, run: () => Promise<T>): Promise<T> {
  const parent = currentTrace();
  if (exporting === undefined || parent === undefined) return run();
  return inSpan(about, { ...parent, spanId: newTrace().spanId, parentSpanId: parent.spanId }, run);
}
