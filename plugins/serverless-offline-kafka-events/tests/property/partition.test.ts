import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { World } from '../helpers/partition-world.ts';

type Command = (world: World) => void;

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 4, arbitrary: fc.boolean().map((isKept) => (world: World) => world.produce(isKept)) },
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 8 }).map((count) => (world: World) => world.poll(count)) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 4 }).map((count) => (world: World) => world.pollAgain(count)) },
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 2_000 }).map((ms) => (world: World) => world.step(ms)) },
  { weight: 4, arbitrary: fc.constant((world: World) => world.settle('done', 0)) },
  { weight: 2, arbitrary: fc.constant((world: World) => world.settle('failed', 0)) },
  { weight: 2, arbitrary: fc.nat(9).map((at) => (world: World) => world.settle('partial', at)) },
  { weight: 3, arbitrary: fc.boolean().map((isAcknowledged) => (world: World) => world.commit(isAcknowledged)) },
  { weight: 2, arbitrary: fc.constant((world: World) => world.join()) },
  { weight: 1, arbitrary: fc.constant((world: World) => world.suspend()) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.nat(5), fc.boolean()).map(
      ([count, isNoticed]) =>
        (world: World) =>
          world.loseTo(count, isNoticed),
    ),
  },
  { weight: 1, arbitrary: fc.constant((world: World) => world.replay()) },
  { weight: 1, arbitrary: fc.nat(6).map((count) => (world: World) => world.expire(count)) },
);

const options = fc.record({
  isBisecting: fc.boolean(),
  maximumRetryAttempts: fc.constantFrom(0, 2, Number.POSITIVE_INFINITY),
  batchSize: fc.integer({ min: 1, max: 7 }),
});

describe('a partition, whatever happens to it', () => {
  test('skips nothing, commits only finished records, keeps the order, and runs one invocation at a time', () => {
    fc.assert(
      fc.property(options, fc.array(command, { maxLength: 120, size: 'max' }), (parts, commands) => {
        const world = new World(parts);
        world.join();
        for (const run of commands) run(world);
      }),
      { numRuns: 1_000 },
    );
  });

  test('finishes and commits everything once failures stop', () => {
    fc.assert(
      fc.property(options, fc.array(command, { maxLength: 80, size: 'max' }), (parts, commands) => {
        const world = new World(parts);
        world.join();
        for (const run of commands) run(world);
        world.settle('done', 0);
        world.join();
        for (let round = 0; round < 600; round++) {
          world.poll(10);
          world.step(40_000);
          world.settle('done', 0);
        }
        world.commit(true);
        for (const offset of world.log) expect(world.isDone(offset), `offset ${offset} never done`).toBe(true);
        if (world.log.length > 0) expect(world.brokerCommitted).toBe((world.log.at(-1) ?? 0) + 1);
        if (world.isEndless) expect(world.delivered.size).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});
