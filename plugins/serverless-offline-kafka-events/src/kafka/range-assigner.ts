import kafkajs, { type Cluster, type PartitionAssigner } from 'kafkajs';

const { AssignerProtocol } = kafkajs;

const VERSION = 0;

/**
 * The standard consumer protocol under the name that Java clients offer by default, so that both can share a group.
 * `onJoining` is called at each join request: from then on another member may own our partitions.
 */
export function createRangeAssigner(onJoining: () => void): PartitionAssigner {
  return ({ cluster }) => ({
    name: 'range',
    version: VERSION,
    protocol({ topics }) {
      onJoining();
      return {
        name: 'range',
        metadata: AssignerProtocol.MemberMetadata.encode({ version: VERSION, topics, userData: Buffer.alloc(0) }),
      };
    },
    async assign({ members, topics }) {
      const subscriptions = members.map(({ memberId, memberMetadata }) => ({
        memberId,
        topics: AssignerProtocol.MemberMetadata.decode(memberMetadata)?.topics ?? topics,
      }));
      await learnTopics(cluster, [...new Set(subscriptions.flatMap((one) => one.topics))]);
      const assignment = assignRanges(subscriptions, (topic) =>
        cluster.findTopicPartitionMetadata(topic).map((partition) => partition.partitionId),
      );
      // An entry for every member: a Java client cannot read a missing one.
      return [...assignment].map(([memberId, byTopic]) => ({
        memberId,
        memberAssignment: AssignerProtocol.MemberAssignment.encode({
          version: VERSION,
          assignment: byTopic,
          userData: Buffer.alloc(0),
        }),
      }));
    },
  });
}

/** Other members may read topics that we do not. */
async function learnTopics(cluster: Cluster, topics: string[]): Promise<void> {
  for (const topic of topics) {
    try {
      await cluster.addMultipleTargetTopics([topic]);
    } catch {
      // It does not exist (yet): nobody can be given a part of it.
    }
  }
}

export interface GroupMemberTopics {
  readonly memberId: string;
  readonly topics: readonly string[];
}

/** Partitions by topic by member. */
export type Assignment = Map<string, Record<string, number[]>>;

/** Java's RangeAssignor: of each topic every member gets one run of partitions, the first ones one more where it does not come out even. */
export function assignRanges(
  members: readonly GroupMemberTopics[],
  partitionsOf: (topic: string) => readonly number[],
): Assignment {
  const assignment: Assignment = new Map(members.map(({ memberId }) => [memberId, {}]));
  const topics = [...new Set(members.flatMap((member) => member.topics))].sort();
  for (const topic of topics) {
    const takers = members
      .filter((member) => member.topics.includes(topic))
      .map((member) => member.memberId)
      .sort();
    const partitions = [...partitionsOf(topic)].sort((a, b) => a - b);
    const share = Math.floor(partitions.length / takers.length);
    const extra = partitions.length % takers.length;
    let from = 0;
    for (const [index, memberId] of takers.entries()) {
      const count = share + (index < extra ? 1 : 0);
      const byTopic = assignment.get(memberId);
      if (count > 0 && byTopic !== undefined) byTopic[topic] = partitions.slice(from, from + count);
      from += count;
    }
  }
  return assignment;
}
