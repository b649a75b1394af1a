import { expect, it } from 'vitest';
import { adaptiveLimit } from '#shared/async/adaptive-limit.ts';

it('halves with each slow-down, down to one, and grows by one per round, up to its start', () => {
  const { concurrency, slowDown, speedUp } = adaptiveLimit(8);
  const halved = Array.from({ length: 4 }, () => {
    slowDown();
    return concurrency();
  });
  const grown = Array.from({ length: 40 }, () => {
    speedUp();
    return concurrency();
  });

  expect(halved).toEqual([4, 2, 1, 1]);
  expect(grown.slice(0, 6)).toEqual([2, 2, 3, 3, 3, 4]);
  expect(grown.at(-1)).toBe(8);
});

it('starts no more calls than it allows, also after a slow-down', async () => {
  const limit = adaptiveLimit(4);
  const ends: Array<() => void> = [];
  let underWay = 0;
  let most = 0;
  const call = () =>
    limit.run(async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise<void>((resolve) => ends.push(resolve));
      underWay -= 1;
    });
  const first = Array.from({ length: 4 }, call);
  await Promise.resolve();
  expect(most).toBe(4);
  limit.slowDown();
  for (const end of ends.splice(0)) end();
  await Promise.all(first);
  most = 0;

  const second = Array.from({ length: 6 }, call);
  while (second.length > 0) {
    await new Promise((resolve) => setImmediate(resolve));
    for (const end of ends.splice(0)) {
      end();
      second.pop();
    }
  }

  expect(most).toBe(2);
});
