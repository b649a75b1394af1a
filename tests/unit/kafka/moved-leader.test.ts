import { createRequire } from 'node:module';
import type { Message, RecordMetadata } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { assigningPartitioner, sendByPartition } from '#shared/kafka/producer.ts';

const createSendMessages = createRequire(import.meta.url)('kafkajs/src/producer/sendMessages');

const TOPIC = 't';

/**
 * kafkajs's own send(), on two brokers: the first leads partition 0, the second one partition 1. With `next`, the second fails
 * once, and partition 1 has this leader from then on; undefined: the metadata no longer contains the partition.
 */
function startSender(leaderOfSecond: number | undefined, ...next: Array<number | undefined>) {
  const broker = (nodeId: number) => ({
    nodeId,
    async produce({ topicData }: { topicData: ReadonlyArray<{ partitions: ReadonlyArray<{ partition: number }> }> }) {
      if (nodeId === 2 && next.length > 0) {
        leaderOfSecond = next.shift();
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
        const leader = leaders()[partition];
        if (leader === undefined) continue;
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
    partitioner: assigningPartitioner(),
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
  return (messages: readonly Message[]): Promise<RecordMetadata[]> =>
    send({ acks: -1, topicMessages: [{ topic: TOPIC, messages }] });
}

async function partitionsOf(sending: Promise<RecordMetadata[]>): Promise<number[]> {
  return (await sending).map(({ partition }) => partition).sort();
}

/** Messages without a partition; of two, their keys choose 0 and 1. */
function newMessages(): Message[] {
  return ['a', 'd'].map((key) => ({ key, value: 'v' }));
}

describe('the partitioner', () => {
  it('assigns partitions to messages in a first call, which sends nothing', async () => {
    const messages = newMessages();
    const send = startSender(2);

    expect(await send(messages)).toEqual([]);
    expect(messages.map(({ partition }) => partition).sort()).toEqual([0, 1]);
    expect(await partitionsOf(send(messages))).toEqual([0, 1]);
  });

  it('assigns no message to a partition without a leader', async () => {
    const messages = newMessages();

    expect(await startSender(-1)(messages)).toEqual([]);

    expect(messages.map(({ partition }) => partition).filter((partition) => partition !== undefined)).toEqual([0]);
  });
});

describe('a leader that moves while kafkajs tries again', () => {
  it('loses the messages of its partition if they are sent with those of another one', async () => {
    const messages = [0, 1].map((partition) => ({ value: 'v', partition }));

    expect(await partitionsOf(startSender(2, 1)(messages))).toEqual([0]);
  });

  it('gets the messages of its partition if they are sent alone', async () => {
    expect(await partitionsOf(startSender(2, 1)([{ value: 'v', partition: 1 }]))).toEqual([1]);
  });
});

describe('sending to each partition alone', () => {
  it('writes every message while a leader moves', async () => {
    await expect(sendByPartition(TOPIC, newMessages(), startSender(2, 1))).resolves.toBeUndefined();
  });

  it('reports the messages of a partition that vanishes from the metadata between the tries', async () => {
    const messages = newMessages();

    const sending = sendByPartition(TOPIC, messages, startSender(2, undefined));

    await expect(sending).rejects.toMatchObject({ messages: [{ partition: 1 }] });
  });

  it('reports the messages of a partition that vanishes from the metadata before the second call', async () => {
    const messages = newMessages();
    const [before, after] = [startSender(2), startSender(undefined)];
    let calls = 0;

    const sending = sendByPartition(TOPIC, messages, (some) => {
      calls += 1;
      return calls === 1 ? before(some) : after(some);
    });

    await expect(sending).rejects.toMatchObject({ messages: [{ partition: 1 }] });
  });

  it('reports the messages of a partition that takes none, also if no other was tried', async () => {
    const [stuck] = newMessages().slice(1);
    const sending = sendByPartition(TOPIC, stuck === undefined ? [] : [stuck], async (some) => {
      if (some.some(({ partition }) => partition !== undefined)) throw new Error('not enough replicas');
      return startSender(2)(some);
    });

    await expect(sending).rejects.toMatchObject({ messages: [{ partition: 1 }] });
  });

  it('fails if the cluster does not answer', async () => {
    const sending = sendByPartition(TOPIC, newMessages(), () => Promise.reject(new Error('connect ECONNREFUSED')));

    await expect(sending).rejects.toThrow(/^connect ECONNREFUSED$/);
  });
});
