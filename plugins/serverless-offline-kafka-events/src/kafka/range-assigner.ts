import kafkajs, { type Cluster, type PartitionAssigner } from 'kafkajs';
import { assignRanges } from './range-assignment.ts';

const { AssignerProtocol } = kafkajs;

const VERSION = 0;

/**
 * The standard consumer protocol under the name that every Java client offers by default, so that ours may join their groups.
 * `onJoining` is called each time the member asks to join: from then on what it had may be somebody else's.
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
