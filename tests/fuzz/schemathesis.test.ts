import { describe, expect, inject, it } from 'vitest';
import { call } from '#tests/helpers/call.ts';
import type { OpenApi } from '#tests/helpers/documented.ts';
import { runSchemathesis } from './run-schemathesis.ts';

const { body: document } = await call<OpenApi>('GET', '/openapi.json');
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
);
const report = await runSchemathesis(inject('application'));

function failuresOf(operation: string): readonly string[] {
  const path = operation.split(' ')[1];
  return report.failures
    .filter(({ operations: failed }) => failed.some((name) => name.split(' ')[1] === path))
    .map(({ code, title }) => `${code} ${title}`);
}

describe('generated requests, valid and invalid', () => {
  it.each(operations)('%s responds as documented', (operation) => {
    expect(failuresOf(operation)).toEqual([]);
  });

  it.each(['examples', 'coverage', 'fuzzing', 'stateful'])('of the phase %s all pass', (phase) => {
    expect(report.phases[phase]?.status).toBe('success');
  });

  it('cover every operation, with hundreds of requests', () => {
    expect(report.operations).toMatchObject({ selected: operations.length, tested: operations.length });
    expect(report.test_cases.generated).toBeGreaterThan(500);
  });

  it('cause no failure and no error', () => {
    expect(report.failures).toEqual([]);
    expect(report.errors).toEqual([]);
    expect(report.test_cases.errored).toBe(0);
  });
});
