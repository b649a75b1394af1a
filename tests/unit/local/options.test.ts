import { describe, expect, it } from 'vitest';
import { readOptions, wholeNumber } from '#tools/local/cli/options.ts';

const options = { minutes: { type: 'string' }, short: { type: 'boolean', default: false } } as const;

describe('readOptions', () => {
  it.each([[['--minutes', '5']], [['--minutes=5']]])('reads %j', (args) => {
    expect(readOptions(args, options).values).toEqual({ minutes: '5', short: false });
  });

  it('reads positional arguments where they are allowed', () => {
    expect(readOptions(['name', '--short'], options, true)).toMatchObject({
      values: { short: true },
      positionals: ['name'],
    });
  });

  it.each([
    [['--x'], "Unknown option '--x'. Run with --help to list options."],
    [['-x'], "Unknown option '-x'. Run with --help to list options."],
    [['x'], "Unexpected argument 'x'. Run with --help to list options."],
    [['--minutes'], "Option '--minutes <value>' argument missing. Run with --help to list options."],
    [['--short=1'], "Option '--short' does not take an argument. Run with --help to list options."],
  ])('rejects %j', (args, message) => {
    expect(() => readOptions(args, options)).toThrow(message);
  });
});

describe('wholeNumber', () => {
  it('reads a number in range', () => expect(wholeNumber('--limit', '20', 20)).toBe(20));
  it.each(['0', '21', 'x', '1.5', '-1', ''])('rejects %j by name', (value) => {
    expect(() => wholeNumber('--limit', value, 20)).toThrow('--limit must be a whole number from 1 to 20');
  });
});
