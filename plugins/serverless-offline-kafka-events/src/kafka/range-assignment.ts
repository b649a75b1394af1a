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
