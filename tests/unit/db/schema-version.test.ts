import { describe, expect, it } from 'vitest';
import { histories } from '#migrations/history.ts';
import { SCHEMA_VERSIONS, schemaProblem } from '#shared/db/schema-version.ts';

describe('schemaProblem', () => {
  it.each([
    [[], 1, 'has schema 0, but this code needs 1'],
    [['0001-initial'], 2, 'has schema 1, but this code needs 2'],
    [['0001-initial', '0002-column'], 2, undefined],
    [['0001-initial', '0002-column', '0003-another'], 2, undefined],
    [['0001-initial', '0002-column', '0003-contract'], 2, 'has the migration 0003-contract'],
    [['0001-initial', '0002-column', '0003-old-column-contract'], 3, undefined],
  ])('%j for code that needs %i: %s', (applied, needed, problem) => {
    expect(schemaProblem(applied, needed) ?? '').toContain(problem ?? '');
    expect(schemaProblem(applied, needed) === undefined).toBe(problem === undefined);
  });
});

describe('SCHEMA_VERSIONS', () => {
  it.each(Object.entries(histories))(
    '%s: is the last migration, and all are numbered in order',
    (variable, history) => {
      const numbers = history.map(({ name }) => Number.parseInt(name, 10));

      expect(numbers).toEqual(history.map((_, index) => index + 1));
      expect(SCHEMA_VERSIONS).toMatchObject({ [variable]: history.length });
    },
  );
});
