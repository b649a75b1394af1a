import { describe, expect, it } from 'vitest';
import { readArguments } from '#tools/lab/arguments.ts';
import { commandLine } from '#tools/lab/report.ts';

describe('arguments', () => {
  it('take a value as the next argument or behind an equals sign', () => {
    const known = { minutes: 'value', out: 'values', short: 'switch' } as const;

    const { has, value, values } = readArguments(['--minutes=5', '--out', 'a.md', '--out=b.md'], known);

    expect(value('minutes')).toBe('5');
    expect(values('out')).toEqual(['a.md', 'b.md']);
    expect([has('out'), has('short')]).toEqual([true, false]);
  });
});

describe('the command line that is noted', () => {
  it('leaves out where the results went', () => {
    expect(commandLine('npm run bench', ['--only', 'post', '--out', 'a.md', '--json', 'b.json', '--short'])).toBe(
      'npm run bench -- --only post --short',
    );
    expect(commandLine('npm run bench', ['--out', 'a.md'])).toBe('npm run bench');
    expect(commandLine('npm run bench', ['--out=a.md', '--short'])).toBe('npm run bench -- --short');
  });
});
