import type { Broker, Cluster } from 'kafkajs';

/** What kafkajs' broker has but does not declare. */
type Coordinator = Broker & { leaveGroup(member: { groupId: string; memberId: string }): Promise<unknown> };

/** Takes a member out of its group that can no longer do so itself, or the group would wait until its session ends. */
export async function leaveGroupAs(memberId: string, groupId: string, cluster: Cluster): Promise<void> {
  try {
    const coordinator = (await cluster.findGroupCoordinator({ groupId })) as Coordinator;
    await coordinator.leaveGroup({ groupId, memberId });
  } catch {
    // The group has forgotten it already, or will.
  }
}
