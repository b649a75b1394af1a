import { describe, expect, it } from 'vitest';
import {
  continueTrace,
  currentTrace,
  formatTraceparent,
  newTrace,
  parseTraceparent,
  runInTrace,
  traceIdOf,
} from '#shared/observability/trace-context.ts';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN_ID = '00f067aa0ba902b7';
const HEADER = `00-${TRACE_ID}-${SPAN_ID}-01`;

describe('traceparent', () => {
  it.each([
    [HEADER, true],
    [`00-${TRACE_ID}-${SPAN_ID}-00`, false],
    [`00-${TRACE_ID}-${SPAN_ID}-ff`, true],
    [`  ${HEADER.toUpperCase()} `, true],
  ])('parses %j', (header, sampled) => {
    expect(parseTraceparent(header)).toEqual({ traceId: TRACE_ID, spanId: SPAN_ID, sampled });
  });

  it.each([
    undefined,
    '',
    'x',
    `01-${TRACE_ID}-${SPAN_ID}-01`,
    `00-${TRACE_ID}-${SPAN_ID}`,
    `${HEADER}-extra`,
    `00-${'0'.repeat(32)}-${SPAN_ID}-01`,
    `00-${TRACE_ID}-${'0'.repeat(16)}-01`,
    `00-${TRACE_ID.replace('4', 'g')}-${SPAN_ID}-01`,
  ])('rejects %j', (header) => {
    expect(parseTraceparent(header)).toBeUndefined();
  });

  it('generates unique ids', () => {
    const traces = Array.from({ length: 1000 }, newTrace);
    expect(new Set(traces.map(({ traceId }) => traceId)).size).toBe(1000);
    expect(new Set(traces.map(({ spanId }) => spanId)).size).toBe(1000);
    for (const trace of traces) expect(parseTraceparent(formatTraceparent(trace))).toEqual(trace);
  });

  it('parses what it formats', () => {
    const trace = newTrace();

    expect(parseTraceparent(formatTraceparent(trace))).toEqual(trace);
  });

  it('continues a trace with a new span, or starts one', () => {
    const child = continueTrace(HEADER);

    expect(child.traceId).toBe(TRACE_ID);
    expect(child.spanId).not.toBe(SPAN_ID);
    expect(continueTrace('garbage').traceId).toMatch(/^[0-9a-f]{32}$/);
  });

  it.each([
    [HEADER, TRACE_ID],
    [null, null],
    [undefined, null],
    ['x', null],
  ])('the trace id of %j is %j', (header, expected) => {
    expect(traceIdOf(header)).toBe(expected);
  });

  it('is visible only inside its callback', () => {
    const trace = newTrace();

    expect(runInTrace(trace, currentTrace)).toBe(trace);
    expect(currentTrace()).toBeUndefined();
  });
});
