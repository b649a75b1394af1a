import { beforeAll, describe, expect, test } from 'vitest';
import { integrationSuite } from '../helpers/integration-suite.ts';
import { randomName } from '../helpers/kafka.ts';

const { kafka, aProject, on, untilCommitted } = integrationSuite();
const name = {
  batched: randomName('batched'),
  windowed: randomName('windowed'),
  parallel: randomName('parallel'),
  limited: randomName('limited'),
  cut: randomName('cut'),
  full: randomName('full'),
};

const project = aProject({
  functions: {
    batched: { handler: 'handler.echo', events: on(name.batched, { batchSize: 3 }) },
    windowed: { handler: 'handler.echo', events: on(name.windowed, { maximumBatchingWindow: 5, batchSize: 50 }) },
    parallel: { handler: 'handler.slow', events: on(name.parallel, { batchSize: 2 }) },
    limited: {
      handler: 'handler.slow',
      events: on(name.limited, { batchSize: 1, provisionedPollerConfig: { maximumPollers: 1 } }),
    },
    full: { handler: 'handler.weigh', events: on(name.full, { maximumBatchingWindow: 4, batchSize: 10_000 }) },
    cut: { handler: 'handler.weigh', events: on(name.cut, { maximumBatchingWindow: 2 }) },
  },
});

beforeAll(async () => {
  const partitions = (topic: string) => (topic === name.limited ? 8 : topic === name.parallel ? 3 : 1);
  await Promise.all(Object.values(name).map((topic) => kafka.createTopic(topic, partitions(topic))));
  await project.start();
  await project.untilJoined(6);
});

// At the same time: most of them wait for a window.
describe.concurrent('batches', () => {
  test('are of the batch size at most, in order, and committed', async () => {
    await kafka.produceValues(name.batched, ['1', '2', '3', '4', '5', '6', '7']);
    await untilCommitted(project, name.batched, 7);
    expect(project.values('batched')).toEqual([['1', '2', '3'], ['4', '5', '6'], ['7']]);
  });

  test('hold up to 10,000 records', async () => {
    const values = Array.from({ length: 12_000 }, (_, index) => String(index));
    await kafka.produceValues(name.full, values);
    await untilCommitted(project, name.full, 12_000);
    const sizes = project.calls('full').map(({ event }) => Object.values(event.records).flat().length);
    expect(sizes).toEqual([10_000, 2_000]);
  });

  test('wait for the window', async () => {
    for (const value of ['1', '2', '3']) await kafka.produceValues(name.windowed, [value]);
    await untilCommitted(project, name.windowed, 3);
    expect(project.values('windowed')).toEqual([['1', '2', '3']]);
  });

  test('of different partitions run in parallel, of one partition one after the other', async () => {
    const values = ['a', 'b', 'c', 'd', 'e', 'f'];
    await kafka.produce(
      name.parallel,
      values.flatMap((value) => [0, 1, 2].map((partition) => ({ value, partition }))),
    );
    await project.waitFor('nine invocations', () => project.calls('parallel', 'end').length >= 9);

    const spans = (partition: number) => {
      const of = (phase: 'start' | 'end') =>
        project
          .calls('parallel', phase)
          .filter(({ event }) => Object.keys(event.records)[0] === `${name.parallel}-${partition}`);
      return of('start').map((call, index) => ({ start: call.at, end: of('end')[index]?.at ?? 0 }));
    };
    const all = [0, 1, 2].map(spans);
    for (const one of all) {
      for (const [index, span] of one.entries()) expect(span.start).toBeGreaterThanOrEqual(one[index - 1]?.end ?? 0);
    }
    const [first, second] = all;
    const overlap = first?.some((a) => second?.some((b) => a.start < b.end && b.start < a.end));
    expect(overlap).toBe(true);
  });

  test('run at most five at a time with one poller', async () => {
    const partitions = Array.from({ length: 8 }, (_, partition) => partition);
    await kafka.produce(
      name.limited,
      partitions.flatMap((partition) => ['a', 'b'].map((value) => ({ value, partition }))),
    );
    await project.waitFor('all of them', () => project.calls('limited', 'end').length >= 16);
    const events = [
      ...project.calls('limited').map(({ at }) => ({ at, change: 1 })),
      ...project.calls('limited', 'end').map(({ at }) => ({ at, change: -1 })),
    ].sort((a, b) => a.at - b.at || a.change - b.change);
    let running = 0;
    const counts = events.map(({ change }) => {
      running += change;
      return running;
    });
    expect(Math.max(...counts)).toBe(5);
  });

  test('close before their JSON passes 6 MB', async () => {
    const message = { value: Buffer.alloc(1_600_000), partition: 0 };
    for (let i = 0; i < 5; i++) await kafka.produce(name.cut, [message], true);
    await untilCommitted(project, name.cut, 5);
    // In base64 each takes 2.1 MB: three would be just over 6 MB.
    const sizes = project.calls('cut').map(({ event }) => Object.values(event.records).flat().length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(5);
    expect(Math.max(...sizes)).toBe(2);
    for (const { bytes } of project.calls('cut')) expect(bytes).toBeLessThanOrEqual(6 * 1_024 * 1_024);
  });
});
