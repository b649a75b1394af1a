import { describe, expect, it } from 'vitest';
import { readOptions } from '#tools/lab/chaos/options.ts';
import { allFaults, matrix, nameOf } from '#tools/lab/faults/faults.ts';

function read(...args: string[]) {
  return readOptions(args, { peerCommand: undefined, newSeed: () => 77 });
}

describe('the options of a chaos run', () => {
  it('are the whole table by default, the matrix alone in short', () => {
    expect(read()).toMatchObject({
      mode: 'matrix',
      isShort: false,
      faults: allFaults,
      peerCommand: undefined,
      out: [],
    });
    expect(read('--short')).toMatchObject({ mode: 'matrix', isShort: true, faults: matrix });
    expect(matrix).toHaveLength(25);
  });

  it('name single faults', () => {
    expect(read('--short', '--only', 'kafka/pause,smtp/cut').faults.map(nameOf)).toEqual(['kafka/pause', 'smtp/cut']);
  });

  it('make a soak of a given or a new seed', () => {
    expect(read('--minutes', '30', '--seed', '5')).toMatchObject({ mode: 'soak', minutes: 30, seed: 5 });
    expect(read('--minutes', '1')).toMatchObject({ mode: 'soak', seed: 77 });
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
    [['--minutes', '0'], "--minutes must be a whole number from 1 to 240, not '0'"],
    [['--minutes', 'ten'], "--minutes must be a whole number from 1 to 240, not 'ten'"],
    [['--minutes=5', '--seed=-1'], "--seed must be a whole number from 1 to 4294967295, not '-1'"],
    [['--seed', '4'], '--seed needs --minutes'],
    [['--long-outage', 'redis'], "Unknown name 'redis' in --long-outage; known: smtp, mysql, kafka"],
    [['--short', '--minutes', '4'], '--short and --minutes exclude each other'],
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
