import { describe, expect, it } from 'vitest';
import { readOptions, workloadNames } from '#tools/lab/bench/options.ts';
import { fullSizes, shortSizes } from '#tools/lab/bench/sizes.ts';
import { workloads } from '#tools/lab/bench/workloads/workloads.ts';

function read(args: string[], peerCommand?: string) {
  return readOptions(args, { peerCommand });
}

describe('the options of a benchmark', () => {
  it('are every workload but growth and soak-memory, three times, by default', () => {
    const options = read([]);

    expect(options).toMatchObject({ rounds: 3, sizes: fullSizes, peerUrl: undefined, json: [], out: [] });
    expect([...options.only, 'growth', 'soak-memory']).toEqual(workloadNames);
  });

  it('are small numbers and two rounds in short, unless said otherwise', () => {
    expect(read(['--short'])).toMatchObject({ rounds: 2, sizes: shortSizes });
    expect(read(['--short', '--rounds', '5'])).toMatchObject({ rounds: 5 });
  });

  it('name single workloads', () => {
    expect(read(['--only', 'post,growth']).only).toEqual(['post', 'growth']);
  });

  it('take the peer that runs before the command that would start one', () => {
    expect(read([], 'run')).toMatchObject({ peerCommand: 'run', peerUrl: undefined });
    expect(read([], '')).toMatchObject({ peerCommand: undefined });
    expect(read(['--peer', 'http://127.0.0.1:9081/'], 'run')).toMatchObject({
      peerCommand: undefined,
      peerUrl: 'http://127.0.0.1:9081',
    });
  });

  it('take another Node in place of the peer', () => {
    const otherNode = { file: process.execPath, version: process.versions.node };
    expect(read(['--node', process.execPath], 'run')).toMatchObject({ otherNode, peerCommand: undefined });
    expect(read([])).toMatchObject({ otherNode: undefined });
  });

  it('may write to several files', () => {
    expect(read(['--json', 'a.json', '--out', 'a.md', '--out', 'b.md'])).toMatchObject({
      json: ['a.json'],
      out: ['a.md', 'b.md'],
    });
  });

  it.each([
    [['--shrot'], "Unknown option '--shrot'. Run with --help to list options."],
    [['--only', 'post,boil'], "Unknown name 'boil' in --only; known: start, import, post-min"],
    [['--rounds', '0'], "--rounds must be a whole number from 1 to 99, not '0'"],
    [['--peer', 'there'], "--peer needs a URL like http://127.0.0.1:9081, not 'there'"],
    [['--node', '/no/node'], "--node: '/no/node' is not a Node program"],
    [['--node', '/bin/true'], "--node: '/bin/true' is not a Node program"],
    [['--node', process.execPath, '--peer', 'http://127.0.0.1:1'], '--node and --peer name two systems'],
    [['--json'], "Option '--json <value>' argument missing"],
    [['--profile', 'p', '--out', 'a.md'], '--profile slows what is measured'],
    [['--profile', 'p', '--json', 'a.json'], '--profile slows what is measured'],
  ])('refuse %j', (args, message) => {
    expect(() => read(args)).toThrow(message);
  });

  it('know every workload that there is', () => {
    expect(Object.keys(workloads).sort()).toEqual([...workloadNames].sort());
  });
});
