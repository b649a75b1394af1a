import { expect, test, vi } from 'vitest';
import type { Mapping } from '../../src/config/mappings.ts';
import type { Invoke } from '../../src/mapping/invocation.ts';
import { createMappingPartitions } from '../../src/mapping/mapping-partitions.ts';
import { createMemoryBudget } from '../../src/mapping/memory-budget.ts';
import { createMetricsRecorder } from '../../src/metrics/metrics.ts';
import { aMapping, aRecord } from '../helpers/records.ts';

const START = { committed: -1, start: 0, earliest: 0, latest: 0 };
const log = { debug() {}, info() {}, warn() {}, error() {} };

function somePartitions(parts: Partial<Mapping> = {}, maximumConcurrency = 20) {
  const mapping = aMapping({ windowMs: 0, ...parts });
  const ends: (() => void)[] = [];
  const invoke = vi.fn<Invoke>(async () => {
    await new Promise<void>((resolve) => ends.push(resolve));
    return { kind: 'returned', value: null } as const;
  });
  const committed = new Map<number, number>();
  const paused = new Set<number>();
  const metrics = createMetricsRecorder(mapping);
  const partitions = createMappingPartitions({
    mapping,
    settings: { maximumConcurrency },
    budget: createMemoryBudget(),
    invoke,
    deliverFailed: async ({ records }) => records.length,
    metrics,
    log,
    commit: () => async (offsets) => {
      for (const [id, offset] of offsets) committed.set(id, offset);
    },
    pause: (id) => void paused.add(id),
    resume: (id) => void paused.delete(id),
  });
  const endAll = () => {
    for (const end of ends) end();
  };
  return { partitions, invoke, committed, paused, endAll, metrics };
}

test('a partition that is assigned during the stop starts nothing; a running batch is committed', async () => {
  const { partitions, invoke, committed, endAll } = somePartitions();
  partitions.assign(0, START);
  partitions.append({ partition: 0, records: [aRecord(0)], endOffset: 1, highWatermark: 1 });
  expect(invoke).toHaveBeenCalledTimes(1);

  const stopped = partitions.stop(2_000);
  partitions.suspend();
  for (const id of [0, 1]) {
    partitions.assign(id, START);
    partitions.append({ partition: id, records: [aRecord(1, { partition: id })], endOffset: 2, highWatermark: 2 });
  }
  endAll();
  await stopped;

  expect(invoke).toHaveBeenCalledTimes(1);
  expect(committed.get(0)).toBe(1);
});

test('the lag grows while a batch is retried', () => {
  const { partitions, metrics } = somePartitions();
  partitions.assign(0, START);
  partitions.append({ partition: 0, records: [aRecord(0)], endOffset: 1, highWatermark: 1 });
  expect(metrics.read().values.MaxOffsetLag).toBe(1);
  partitions.append({ partition: 0, records: [aRecord(1)], endOffset: 2, highWatermark: 7 });
  expect(metrics.read().values.MaxOffsetLag).toBe(7);
});

test('the lag of a partition that is not polled grows with the end that was asked for', () => {
  const { partitions, metrics } = somePartitions();
  partitions.assign(0, START);
  expect(partitions.isAnyPaused).toBe(false);
  const value = Buffer.alloc(9 * 1024 * 1024);
  partitions.append({ partition: 0, records: [aRecord(0), aRecord(1, { value })], endOffset: 2, highWatermark: 2 });
  expect(partitions.isAnyPaused).toBe(true);
  partitions.learnEnds(new Map([[0, { committed: -1, start: 0, earliest: 0, latest: 50 }]]));
  expect(metrics.read().values).toMatchObject({ MaxOffsetLag: 50, SumOffsetLag: 50 });
});

test('a partition is paused while there is a reason, and its end is asked for', () => {
  const { partitions, paused } = somePartitions();
  partitions.assign(0, START);
  partitions.pause(0, 'schema');
  partitions.pause(0, 'unreadable');
  partitions.resume(0, 'schema');
  expect(partitions.isAnyPaused).toBe(true);
  expect([...paused]).toEqual([0]);
  partitions.resume(0, 'unreadable');
  expect(partitions.isAnyPaused).toBe(false);
  expect([...paused]).toEqual([]);

  // A new assignment begins to poll; the former one's reason cannot pause or resume it.
  partitions.pause(0, 'schema');
  partitions.suspend();
  partitions.pause(0, 'unreadable');
  partitions.assign(0, START);
  expect(partitions.isAnyPaused).toBe(false);
});

test('while the group is rebalancing what runs ends and is committed, and nothing starts', async () => {
  const { partitions, invoke, committed, endAll } = somePartitions();
  partitions.assign(0, START);
  partitions.append({ partition: 0, records: [aRecord(0)], endOffset: 1, highWatermark: 2 });

  const finished = partitions.finishWork();
  partitions.append({ partition: 0, records: [aRecord(1)], endOffset: 2, highWatermark: 2 });
  endAll();
  await finished;

  expect(committed.get(0)).toBe(1);
  expect(invoke).toHaveBeenCalledTimes(1);
  partitions.suspend();
  partitions.assign(0, { ...START, committed: 1, latest: 2 });
  expect(invoke).toHaveBeenCalledTimes(2);
});

test('a partition whose next records were deleted says where it wanted to begin', () => {
  const { partitions } = somePartitions();
  const position = { committed: 5, start: 0, earliest: 5, latest: 200 };
  expect(partitions.assign(0, position)).toEqual({ wanted: 5, from: 5 });
  partitions.append({ partition: 0, records: [aRecord(5), aRecord(6)], endOffset: 7, highWatermark: 200 });
  partitions.suspend();
  expect(partitions.assign(0, { ...position, earliest: 100 })).toEqual({ wanted: 7, from: 100 });
  expect(partitions.assign(1, { ...position, earliest: 100 })).toEqual({ wanted: 5, from: 100 });
  expect(partitions.assign(2, { ...position, committed: -1, start: 100, earliest: 100 })).toMatchObject({
    wanted: 100,
  });
});

test.each([
  { partitions: 24, concurrency: 5 },
  { partitions: 100, concurrency: 20 },
  { partitions: 60, concurrency: 20 },
  { partitions: 3, concurrency: 1 },
])('after a rebalance a third of $partitions partitions runs, $concurrency at a time', async (of) => {
  const { partitions, invoke, committed, endAll } = somePartitions({ batchSize: 1 }, of.concurrency);
  const ids = Array.from({ length: of.partitions }, (_, id) => id);
  for (const id of ids) {
    const records = [0, 1].map((offset) => aRecord(offset, { partition: id }));
    partitions.assign(id, START);
    partitions.append({ partition: id, records, endOffset: 2, highWatermark: 2 });
  }
  const finished = partitions.finishWork();
  endAll();
  await finished;

  partitions.suspend();
  const kept = ids.slice((of.partitions * 2) / 3);
  partitions.keepOnly(kept);
  invoke.mockResolvedValue({ kind: 'returned', value: null });
  for (const id of kept) partitions.assign(id, { ...START, committed: committed.get(id) ?? -1, latest: 2 });

  await vi.waitFor(() => expect(kept.filter((id) => committed.get(id) !== 2)).toEqual([]));
});
