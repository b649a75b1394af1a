import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readOptions, systemOf } from '#tools/lab/chaos/options.ts';
import { allFaults, matrix, nameOf } from '#tools/lab/faults/faults.ts';

function read(...args: string[]) {
  return readOptions(args, { peerCommand: undefined, newSeed: () => 77 });
}

describe('the options of a chaos run', () => {
  it('are the whole table by default, the matrix alone in short', () => {
    expect(read()).toMatchObject({
      mode: 'matrix',
      isShort: false,
      faults: allFaults.filter(({ dependency }) => dependency !== 'apps'),
      replicas: 1,
      brokers: 1,
      peerCommand: undefined,
      out: [],
    });
    expect(read('--short')).toMatchObject({ mode: 'matrix', isShort: true, faults: matrix });
    expect(matrix).toHaveLength(25);
  });

  it('name single faults', () => {
    expect(read('--short', '--only', 'kafka/pause,smtp/cut').faults.map(nameOf)).toEqual(['kafka/pause', 'smtp/cut']);
  });

  it('make a soak of rolling restarts, or of random faults with a given or a new seed', () => {
    expect(read('--soak', '30m', '--replicas', '2')).toMatchObject({
      mode: 'soak',
      soakMs: 1_800_000,
      seed: undefined,
      replicas: 2,
    });
    expect(read('--soak', '90s', '--seed', '5')).toMatchObject({ mode: 'soak', soakMs: 90_000, seed: 5 });
    expect(read('--soak', '1h', '--random')).toMatchObject({ mode: 'soak', soakMs: 3_600_000, seed: 77 });
  });

  it('add faults of all replicas at once where there are several', () => {
    expect(read('--replicas', '2', '--short').faults.map(nameOf)).toEqual([
      ...matrix.map(nameOf),
      'apps/stop',
      'apps/kill',
      'apps/pause',
    ]);
    expect(read('--replicas', '2', '--only', 'apps/kill').faults.map(nameOf)).toEqual(['apps/kill']);
  });

  it('keep to the faults of Kafka where it has three brokers', () => {
    expect(read('--brokers', '3')).toMatchObject({ mode: 'matrix', brokers: 3 });
    expect(new Set(read('--brokers', '3').faults.map(({ dependency }) => dependency))).toEqual(new Set(['kafka']));
  });

  it('make a long outage of ten minutes or as long as is said', () => {
    expect(read('--long-outage', 'kafka')).toMatchObject({ mode: 'long-outage', outage: 'kafka', minutes: 10 });
    expect(read('--long-outage', 'smtp', '--minutes', '2')).toMatchObject({ mode: 'long-outage', minutes: 2 });
  });

  it('may write to several files', () => {
    expect(read('--out', 'a.md', '--out', 'b.json').out).toEqual(['a.md', 'b.json']);
  });

  it.each([
    [['--shrot'], "Unknown option '--shrot'. Run with --help to list options."],
    [['short'], "Unexpected argument 'short'. Run with --help to list options."],
    [['--minutes'], "Option '--minutes <value>' argument missing. Run with --help to list options."],
    [['--minutes', '--seed', '4'], "Option '--minutes' argument is ambiguous. Run with --help to list options."],
    [['--long-outage=smtp', '--minutes', '0'], "--minutes must be a whole number from 1 to 240, not '0'"],
    [['--long-outage=smtp', '--minutes', 'ten'], "--minutes must be a whole number from 1 to 240, not 'ten'"],
    [['--soak=5m', '--seed=-1'], "--seed must be a whole number from 1 to 4294967295, not '-1'"],
    [['--seed', '4'], '--seed needs --soak'],
    [['--minutes', '4'], '--minutes needs --long-outage'],
    [['--soak', '30'], "--soak must be a duration up to 4h such as 90s or 30m, not '30'"],
    [['--soak', '5h'], "--soak must be a duration up to 4h such as 90s or 30m, not '5h'"],
    [['--replicas', '9'], "--replicas must be a whole number from 1 to 4, not '9'"],
    [['--brokers', '2'], "Unknown name '2' in --brokers; known: 1, 3"],
    [['--only', 'apps/kill'], 'Faults of apps need --replicas 2 or more'],
    [['--long-outage', 'redis'], "Unknown name 'redis' in --long-outage; known: smtp, mysql, kafka"],
    [['--short', '--soak', '4m'], '--short and --soak exclude each other'],
    [['--only', 'kafka/pause', '--only', 'redis/stop'], "Option '--only' is given twice"],
    [['--peer'], '--peer needs PEER_COMMAND: the command that starts the other services'],
  ])('refuse %j', (args, message) => {
    expect(() => read(...args)).toThrow(message);
  });

  it('name the faults that --only knows when it does not know one', () => {
    expect(() => read('--only', 'kafka/boil')).toThrow(
      "Unknown name 'kafka/boil' in --only; known: kafka/stop, kafka/kill",
    );
  });

  it('take --peer with its command', () => {
    const environment = { peerCommand: 'run', newSeed: () => 1 };

    expect(readOptions(['--peer'], environment).peerCommand).toBe('run');
    expect(readOptions([], environment).peerCommand).toBeUndefined();
  });
});

describe('the place of a run in docs/chaos-tables.md', () => {
  const page = readFileSync('docs/chaos-tables.md', 'utf8');

  it.each([
    ['matrix', []],
    ['matrix', ['--replicas', '2']],
    ['matrix', ['--roles']],
    ['short', ['--short', '--replicas', '2']],
    ['matrix', ['--brokers', '3']],
  ])('of the %s exists: %j', (mode, args) => {
    const title = `${mode}${systemOf(read(...args))}`;

    expect(page).toContain(`<!-- chaos: ${title} -->`);
    expect(page).toContain(`<!-- end of ${title} -->`);
  });

  it('names the roles, and the replicas of each', () => {
    expect(systemOf(read('--roles'))).toBe(', 1 replica of each role');
    expect(systemOf(read('--roles', '--replicas', '2'))).toBe(', 2 replicas of each role');
  });
});
