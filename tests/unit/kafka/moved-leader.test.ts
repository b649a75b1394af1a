import { createRequire } from 'node:module';
import type { Message } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { checkWritten, keepingPartitioner } from '#shared/kafka/producer.ts';

const createSendMessages = createRequire(import.meta.url)('kafkajs/src/producer/sendMessages');

const TOPIC = 't';

/** kafkajs's own send(), on brokers of which the second is replaced by the first after its first answer. */
function sendWhileLeaderMoves(messages: readonly Message[]) {
  let leaderOfSecond = 2;
  const broker = (nodeId: number) => ({
    nodeId,
    async produce({ topicData }: { topicData: ReadonlyArray<{ partitions: ReadonlyArray<{ partition: number }> }> }) {
      if (nodeId === 2) {
        leaderOfSecond = 1;
        throw Object.assign(new Error('not the leader'), { name: 'KafkaJSProtocolError', retriable: true });
      }
      const partitions = topicData.flatMap((topic) => topic.partitions);
      return {
        topics: [
          {
            topicName: TOPIC,
            partitions: partitions.map(({ partition }) => ({ partition, errorCode: 0, offset: '0' })),
          },
        ],
      };
    },
  });
  const brokers = [broker(1), broker(2)];
  const leaders = () => [1, leaderOfSecond];
  const cluster = {
    isConnected: () => true,
    addMultipleTargetTopics: async () => undefined,
    refreshMetadata: async () => undefined,
    refreshMetadataIfNecessary: async () => undefined,
    findTopicPartitionMetadata: () => leaders().map((leader, partitionId) => ({ partitionId, leader })),
    findLeaderForPartitions: (_: string, partitions: readonly string[]) => {
      const grouped: Record<number, number[]> = {};
      for (const partition of partitions.map(Number)) {
        const leader = leaders()[partition] ?? 0;
        grouped[leader] = [...(grouped[leader] ?? []), partition];
      }
      return grouped;
    },
    findBroker: async ({ nodeId }: { nodeId: string }) => brokers[Number(nodeId) - 1],
  };
  const silent = () => undefined;
  const send = createSendMessages({
    logger: { debug: silent, error: silent },
    cluster,
    partitioner: keepingPartitioner(),
    retrier: async (run: (bail: () => void, count: number, time: number) => Promise<unknown>) =>
      run(silent, 0, 0).catch(() => run(silent, 1, 0)),
    eosManager: {
      acquireBrokerLock: silent,
      releaseBrokerLock: silent,
      isTransactional: () => false,
      getSequence: () => 0,
      updateSequence: silent,
      getProducerId: () => -1,
      getProducerEpoch: () => 0,
    },
  });
  return send({ acks: -1, topicMessages: [{ topic: TOPIC, messages }] });
}

describe('a leader that moves while kafkajs tries again', () => {
  it('leaves no partition without an acknowledgement unnoticed', async () => {
    const messages = [0, 1].map((partition) => ({ key: 'k', value: 'v', partition }));

    const written = await sendWhileLeaderMoves(messages);

    expect(written.map(({ partition }: { partition: number }) => partition)).toEqual([0]);
    expect(() => checkWritten(TOPIC, messages, written)).toThrow('Not every message to t was written');
  });

  it('does not matter to messages of other partitions', async () => {
    const messages = [{ key: 'k', value: 'v', partition: 0 }];

    checkWritten(TOPIC, messages, await sendWhileLeaderMoves(messages));
  });
});
