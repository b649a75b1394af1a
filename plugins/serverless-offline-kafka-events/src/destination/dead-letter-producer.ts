import kafkajs, { type ICustomPartitioner, type Message, type Producer } from 'kafkajs';
import { createKafkaClient, type KafkaClientOptions } from '../kafka/kafka-client.ts';

/** From here on the envelopes are compressed: base64 inside of them, and a topic takes 1 MB unless told otherwise. */
const COMPRESS_FROM_BYTES = 256 * 1024;

/** Writes to one topic, and knows that it was written. */
export interface DeadLetterProducer {
  /** @throws when any message was not acknowledged */
  send(topic: string, messages: readonly DeadLetter[]): Promise<void>;
  close(): Promise<void>;
}

interface DeadLetter extends Message {
  readonly value: string;
}

export function createDeadLetterProducer(options: KafkaClientOptions): DeadLetterProducer {
  let producer: Promise<Producer> | null = null;
  let chosen = new Set<number>();

  const rememberingPartitioner: ICustomPartitioner = () => {
    const choose = kafkajs.Partitioners.DefaultPartitioner();
    return (args) => {
      const partition = choose(args);
      chosen.add(partition);
      return partition;
    };
  };

  async function connect(): Promise<Producer> {
    // A client of its own each time: what it knows of the topic's partitions must not be older than a failure.
    const created = createKafkaClient(options).producer({
      allowAutoTopicCreation: false,
      createPartitioner: rememberingPartitioner,
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

  async function sendNow(topic: string, messages: readonly DeadLetter[]): Promise<void> {
    try {
      producer ??= connect();
      const connected = await producer;
      chosen = new Set();
      const compression = compressionOf(messages);
      const results = await connected.send({ topic, messages: [...messages], acks: -1, compression });
      // kafkajs leaves out, in silence, what is for a partition that it does not know.
      const written = new Set(results.filter((one) => one.errorCode === 0).map((one) => one.partition));
      if (chosen.size === 0 || [...chosen].some((partition) => !written.has(partition))) {
        throw new Error(`the broker did not acknowledge every message for ${topic}`);
      }
    } catch (error) {
      await drop();
      throw error;
    }
  }

  let last: Promise<void> = Promise.resolve();
  return {
    // One after the other, so that what was chosen belongs to what was answered.
    send(topic, messages) {
      const sending = last.then(() => sendNow(topic, messages));
      last = sending.catch(() => undefined);
      return sending;
    },
    close: drop,
  };
}

function compressionOf(messages: readonly DeadLetter[]) {
  const bytes = messages.reduce((sum, message) => sum + message.value.length, 0);
  return bytes >= COMPRESS_FROM_BYTES ? kafkajs.CompressionTypes.GZIP : kafkajs.CompressionTypes.None;
}
