import type { Broker, Cluster } from 'kafkajs';

/** What kafkajs' broker has but does not declare. */
type Coordinator = Broker & {
  joinGroup(request: object): Promise<{ generationId: number; memberId: string }>;
  syncGroup(request: object): Promise<unknown>;
  heartbeat(member: { groupId: string; groupGenerationId: number; memberId: string }): Promise<unknown>;
  leaveGroup(member: { groupId: string; memberId: string }): Promise<unknown>;
};

export interface MembershipOptions {
  readonly groupId: string;
  readonly heartbeatMs: number;
  /** How long a rejoin may wait for `finishWork`. */
  readonly finishLimitMs: number;
  /** The group is rebalancing: resolves once nothing is in hand and what is done is committed. */
  readonly finishWork: () => Promise<void>;
  /** A join was requested and failed. kafkajs may retry it, or continue with the old assignment. */
  readonly onJoinFailed: (error: unknown) => void;
}

/** Our membership of the group. It commits itself, because kafkajs retries commits and one could pass a rebalance. */
export interface GroupMembership {
  /** Null before the first join. */
  readonly memberId: string | null;
  /** @throws when the broker did not accept it */
  commit(topic: string, offsets: ReadonlyMap<number, number>, metadata: string): Promise<void>;
  /** Removes a member that can no longer leave by itself, for which the group would wait until its session ends. */
  leaveAs(formerMemberId: string): Promise<void>;
}

/**
 * Follows the joins of the consumer that uses this cluster. Before each rejoin it waits for running batches, as a Java
 * client does in onPartitionsRevoked, so that a member that joins or leaves cleanly causes no duplicates.
 */
export function followMembership(cluster: Cluster, options: MembershipOptions): GroupMembership {
  const { groupId } = options;
  const find = cluster.findGroupCoordinator.bind(cluster);
  const watched = new WeakSet<Broker>();
  let coordinator: Coordinator | null = null;
  let member: { groupGenerationId: number; memberId: string } | null = null;

  function watchJoins(broker: Coordinator): void {
    if (watched.has(broker)) return;
    watched.add(broker);
    const { joinGroup, syncGroup } = broker;
    broker.joinGroup = async (request) => {
      const joined = await reportFailure(joinGroup.call(broker, request));
      member = { groupGenerationId: joined.generationId, memberId: joined.memberId };
      return joined;
    };
    broker.syncGroup = (request) => reportFailure(syncGroup.call(broker, request));
  }

  async function reportFailure<T>(request: Promise<T>): Promise<T> {
    try {
      return await request;
    } catch (error) {
      options.onJoinFailed(error);
      throw error;
    }
  }

  async function findCoordinator(): Promise<Coordinator> {
    const broker = (await find({ groupId })) as Coordinator;
    watchJoins(broker);
    coordinator = broker;
    return broker;
  }

  async function connected(): Promise<Coordinator> {
    return coordinator?.isConnected() === true ? coordinator : findCoordinator();
  }

  /** Resolves when the work is done, the limit is reached, or the group has removed us. */
  async function finishBeforeRejoining(): Promise<void> {
    if (member === null || !(await isStillMember())) return;
    let isOver = false;
    const finished = options.finishWork().finally(() => {
      isOver = true;
    });
    const deadline = Date.now() + options.finishLimitMs;
    while (!isOver && Date.now() < deadline) {
      await Promise.race([finished, delay(Math.min(options.heartbeatMs, deadline - Date.now()))]);
      if (!isOver && !(await isStillMember())) return;
    }
  }

  /** Sends a heartbeat. While the coordinator answers, even with "rebalance in progress", it accepts our commits. */
  async function isStillMember(): Promise<boolean> {
    if (member === null) return false;
    try {
      await (await connected()).heartbeat({ groupId, ...member });
      return true;
    } catch (error) {
      return typeOf(error) === 'REBALANCE_IN_PROGRESS';
    }
  }

  // kafkajs calls this at each join.
  cluster.findGroupCoordinator = async () => {
    await finishBeforeRejoining();
    return findCoordinator();
  };

  return {
    get memberId() {
      return member?.memberId ?? null;
    },
    async commit(topic, offsets, metadata) {
      if (member === null) throw new Error('not a member of the group');
      const partitions = [...offsets].map(([partition, offset]) => ({ partition, offset: String(offset), metadata }));
      try {
        await (await connected()).offsetCommit({ groupId, ...member, topics: [{ topic, partitions }] });
      } catch (error) {
        // The next attempt asks for the coordinator again.
        if (typeOf(error) === 'NOT_COORDINATOR_FOR_GROUP') coordinator = null;
        throw error;
      }
    },
    async leaveAs(formerMemberId) {
      try {
        await (await findCoordinator()).leaveGroup({ groupId, memberId: formerMemberId });
      } catch {
        // The group has forgotten the member, or will when its session ends.
      }
    },
  };
}

function typeOf(error: unknown): unknown {
  return error instanceof Error && 'type' in error ? error.type : undefined;
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}
