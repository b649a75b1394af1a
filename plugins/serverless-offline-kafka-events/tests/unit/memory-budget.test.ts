import { expect, test, vi } from 'vitest';
import { createMemoryBudget } from '../../src/mapping/memory-budget.ts';

const MB = 1024 * 1024;

test('what may be polled ahead is shared by all partitions, within bounds', () => {
  const budget = createMemoryBudget(60 * MB);
  expect(budget.partitionBytes).toBe(8 * MB);
  for (let count = 0; count < 60; count += 1) budget.addPartition();
  expect(budget.partitionBytes).toBe(MB);
  expect(budget.fetchBytes).toBe(MB / 2);
  for (let count = 0; count < 6_000; count += 1) budget.addPartition();
  expect(budget.partitionBytes).toBe(MB / 4);
  expect(budget.fetchBytes).toBe(MB / 8);
});

test('an invocation waits while others hold too much memory', () => {
  const budget = createMemoryBudget(60 * MB, 10);
  const free = vi.fn();
  expect(budget.mayBegin(free)).toBe(true);
  budget.began(25);
  expect(budget.mayBegin(free)).toBe(false);
  budget.ended(25);
  expect(free).toHaveBeenCalledOnce();
  expect(budget.mayBegin(free)).toBe(true);
});
