import { expect, test, vi } from 'vitest';
import { createCommitter } from '../../src/mapping/committer.ts';
import { createMetricsRecorder } from '../../src/metrics/metrics.ts';
import { Partition } from '../../src/partition/partition.ts';
import { limits, queued } from '../helpers/records.ts';

const log = { debug() {}, info() {}, warn() {}, error() {} };

function arrange(commit: (offsets: ReadonlyMap<number, number>) => Promise<void>) {
  const partition = new Partition(limits({ batchSize: 1 }));
  partition.assign(0, 0);
  partition.append(queued([0, 1, 2, 3]), 4, 0);
  const metrics = createMetricsRecorder({ functionKey: 'f', topic: 't', groupId: 'g' });
  const committer = createCommitter({
    partitions: new Map([[0, partition]]),
    metrics,
    log,
    commit: () => commit,
    onCommitted: () => undefined,
  });
  const succeed = () => {
    const action = partition.next(0);
    if (action.kind !== 'invoke') throw new Error('nothing to do');
    partition.settle(action.ticket, { kind: 'done' }, 0);
    committer.poke();
  };
  return { partition, metrics, committer, succeed };
}

test('commits accumulate while one is in flight, and none is lost', async () => {
  const sent: number[] = [];
  let answer: () => void = () => undefined;
  const { committer, succeed, metrics } = arrange(async (offsets) => {
    sent.push(offsets.get(0) ?? -1);
    await new Promise<void>((resolve) => {
      answer = resolve;
    });
  });
  succeed();
  succeed();
  succeed();
  expect(sent).toEqual([1]);
  answer();
  await vi.waitFor(() => expect(sent).toEqual([1, 3]));
  succeed();
  const flushed = committer.flush();
  answer();
  await vi.waitFor(() => expect(sent).toEqual([1, 3, 4]));
  answer();
  await flushed;
  expect(metrics.read().values.CommittedEventCount).toBe(4);
});

test('a failed commit is retried with the current offsets', async () => {
  const sent: number[] = [];
  const { succeed, metrics, partition } = arrange(async (offsets) => {
    sent.push(offsets.get(0) ?? -1);
    if (sent.length === 1) throw new Error('rebalancing');
  });
  succeed();
  await vi.waitFor(() => expect(metrics.read().values.CommitErrorCount).toBe(1));
  await vi.waitFor(() => expect(sent).toEqual([1, 1]));
  expect(partition.offsetToCommit).toBeNull();
});

test('nothing is committed for a partition that is no longer assigned', async () => {
  const sent: number[] = [];
  const { succeed, partition, committer } = arrange(async (offsets) => {
    sent.push(offsets.get(0) ?? -1);
  });
  partition.suspend();
  expect(() => succeed()).toThrow('nothing to do');
  await committer.flush();
  expect(sent).toEqual([]);
});
