import kafkajs, { type Message, type Producer, type RecordMetadata } from 'kafkajs';
import { createKafkaClient, type KafkaClientOptions } from '../kafka/kafka-client.ts';

/** Writes to one topic, and knows that it was written. */
export interface DeadLetterProducer {
  /** @throws when any message was not acknowledged */
  send(topic: string, messages: Message[]): Promise<void>;
  close(): Promise<void>;
}

export function createDeadLetterProducer(options: KafkaClientOptions): DeadLetterProducer {
  let producer: Promise<Producer> | null = null;

  async function connect(): Promise<Producer> {
    // A client of its own each time: what it knows of the topic's partitions must not be older than a failure.
    const created = createKafkaClient(options).producer({
      allowAutoTopicCreation: false,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      metadataMaxAge: 10_000,
      retry: { retries: 1, initialRetryTime: 100 },
    });
    await created.connect();
    return created;
  }

  async function drop(): Promise<void> {
    const dropped = producer;
    producer = null;
    await dropped?.then((one) => one.disconnect()).catch(() => undefined);
  }

  return {
    async send(topic, messages) {
      try {
        producer ??= connect();
        const results: RecordMetadata[] = await (await producer).send({ topic, messages, acks: -1 });
        // kafkajs answers [] for a partition that it does not know, and has sent nothing.
        if (results.length === 0 || results.some((one) => one.errorCode !== 0)) {
          throw new Error(`the broker did not acknowledge every message for ${topic}`);
        }
      } catch (error) {
        await drop();
        throw error;
      }
    },
    close: drop,
  };
}
