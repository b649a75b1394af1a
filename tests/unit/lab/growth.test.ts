import { describe, expect, it } from 'vitest';
import { compareSamples } from '#tools/lab/chaos/growth.ts';

describe('the growth of a soak', () => {
  it('is a table of start and end', () => {
    expect(
      compareSamples({ 'a: heap, MB': 60.4, 'kafka: connections': 9 }, { 'a: heap, MB': 71, 'kafka: connections': 9 }),
    ).toMatchInlineSnapshot(`
      {
        "reasons": [],
        "table": "|  | start | end |
      | --- | --- | --- |
      | a: heap, MB | 60 | 71 |
      | kafka: connections | 9 | 9 |",
      }
    `);
  });

  it.each([
    ['a: heap, MB', 60, 110, []],
    ['a: heap, MB', 60, 111, ['a: heap, MB grew from 60 to 111']],
    ['kafka: connections', 10, 20, []],
    ['kafka: connections', 10, 21, ['kafka: connections grew from 10 to 21']],
  ])('of %s from %i to %i is judged', (name, before, after, reasons) => {
    expect(compareSamples({ [name]: before }, { [name]: after }).reasons).toEqual(reasons);
  });
});
