import type { Cluster } from 'kafkajs';
import { expect, test, vi } from 'vitest';
import { followMembership } from '../../src/kafkajs/group-membership.ts';

function protocolError(type: string): Error {
  return Object.assign(new Error(type), { type });
}

/** A coordinator that answers as Kafka does, and a cluster that finds it. */
function arrange(finishWork: () => Promise<void> = async () => undefined) {
  const joins = vi.fn(async () => ({ generationId: 7, memberId: 'me' }));
  const coordinator = {
    isConnected: () => true,
    joinGroup: joins,
    syncGroup: vi.fn(async () => ({})),
    heartbeat: vi.fn(async () => undefined),
    offsetCommit: vi.fn(async () => undefined),
    leaveGroup: vi.fn(async () => undefined),
  };
  const findGroupCoordinator = vi.fn(async () => coordinator);
  // The part of kafkajs' cluster that is used.
  const cluster = { findGroupCoordinator } as unknown as Cluster;
  const onJoinFailed = vi.fn();
  const options = { groupId: 'g', heartbeatMs: 5, finishLimitMs: 200, finishWork, onJoinFailed };
  const membership = followMembership(cluster, options);
  /** As kafkajs joins. */
  async function join(): Promise<void> {
    await cluster.findGroupCoordinator({ groupId: 'g' });
    await coordinator.joinGroup();
    await coordinator.syncGroup();
  }
  return { membership, coordinator, joins, join, onJoinFailed, findGroupCoordinator };
}

test('a commit carries the member and its generation, once', async () => {
  const { membership, coordinator, join } = arrange();
  await expect(membership.commit('orders', new Map([[0, 5]]), 'note')).rejects.toThrow('not a member');
  await join();
  await membership.commit('orders', new Map([[0, 5]]), 'note');
  expect(coordinator.offsetCommit).toHaveBeenCalledExactlyOnceWith({
    groupId: 'g',
    groupGenerationId: 7,
    memberId: 'me',
    topics: [{ topic: 'orders', partitions: [{ partition: 0, offset: '5', metadata: 'note' }] }],
  });
});

test('a commit that a former coordinator refuses asks for the new one', async () => {
  const { membership, coordinator, join, findGroupCoordinator } = arrange();
  await join();
  coordinator.offsetCommit.mockRejectedValueOnce(protocolError('NOT_COORDINATOR_FOR_GROUP'));
  await expect(membership.commit('orders', new Map([[0, 5]]), '')).rejects.toThrow('NOT_COORDINATOR_FOR_GROUP');
  await membership.commit('orders', new Map([[0, 5]]), '');
  expect(findGroupCoordinator).toHaveBeenCalledTimes(2);
});

test('a rejoin waits for the running work, with heartbeats; a first join does not', async () => {
  let finish: () => void = () => undefined;
  const finishWork = vi.fn(() => new Promise<void>((resolve) => (finish = resolve)));
  const { coordinator, joins, join } = arrange(finishWork);
  await join();
  expect(finishWork).not.toHaveBeenCalled();

  coordinator.heartbeat.mockRejectedValue(protocolError('REBALANCE_IN_PROGRESS'));
  const rejoined = join();
  await vi.waitFor(() => expect(coordinator.heartbeat.mock.calls.length).toBeGreaterThanOrEqual(3));
  expect(joins).toHaveBeenCalledTimes(1);
  finish();
  await rejoined;
  expect(joins).toHaveBeenCalledTimes(2);
});

test.each([
  ['the group has removed the member', 'UNKNOWN_MEMBER_ID'],
  ['the coordinator has changed', 'NOT_COORDINATOR_FOR_GROUP'],
])('a rejoin does not wait when %s', async (_what, type) => {
  const { coordinator, joins, join } = arrange(() => new Promise(() => undefined));
  await join();
  coordinator.heartbeat.mockRejectedValue(protocolError(type));
  await join();
  expect(joins).toHaveBeenCalledTimes(2);
});

test('a rejoin waits for a limited time', async () => {
  const { joins, join } = arrange(() => new Promise(() => undefined));
  await join();
  await join();
  expect(joins).toHaveBeenCalledTimes(2);
});

test.each(['joinGroup', 'syncGroup'] as const)('a failed %s is reported', async (name) => {
  const { coordinator, join, onJoinFailed } = arrange();
  const error = protocolError('GROUP_LOAD_IN_PROGRESS');
  coordinator[name].mockRejectedValueOnce(error);
  await expect(join()).rejects.toBe(error);
  expect(onJoinFailed).toHaveBeenCalledExactlyOnceWith(error);
});
