import kafkajs, { type ICustomPartitioner, type Producer } from 'kafkajs';
import { createKafkaClient, type KafkaClientOptions } from '../kafka/kafka-client.ts';

/** One request carries so much: half of what a topic takes as one batch unless told otherwise (`max.message.bytes`). */
const CHUNK_BYTES = 512 * 1024;
const SMALLEST_CHUNK_BYTES = 16 * 1024;
/** From here on the envelopes are compressed: base64 inside of them, and a topic takes 1 MB unless told otherwise. */
const COMPRESS_FROM_BYTES = 256 * 1024;

export interface DeadLetter {
  readonly key: Buffer | null;
  readonly value: string;
  /** Where it goes; by its key unless told otherwise. */
  readonly partition?: number;
}

/** `delivered`: so many, from the first on, were acknowledged; without an `error` all of them. */
export interface SendResult {
  readonly delivered: number;
  readonly error?: unknown;
}

/** Writes to one topic, and knows what was written. */
export interface DeadLetterProducer {
  /** Never rejects. */
  send(topic: string, messages: readonly DeadLetter[]): Promise<SendResult>;
  close(): Promise<void>;
}

export function createDeadLetterProducer(options: KafkaClientOptions): DeadLetterProducer {
  let producer: Promise<Producer> | null = null;
  let chosen = new Set<number>();
  let chunkBytes = CHUNK_BYTES;

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

  async function request(topic: string, messages: readonly DeadLetter[], isCompressed: boolean): Promise<void> {
    try {
      producer ??= connect();
      const connected = await producer;
      chosen = new Set();
      const compression = isCompressed ? kafkajs.CompressionTypes.GZIP : kafkajs.CompressionTypes.None;
      const results = await connected.send({ topic, messages: [...messages], acks: -1, compression });
      // kafkajs leaves out, in silence, what is for a partition that it does not know.
      const written = new Set(results.filter((one) => one.errorCode === 0).map((one) => one.partition));
      if (chosen.size === 0 || [...chosen].some((partition) => !written.has(partition))) {
        throw new Error(`the broker did not acknowledge every message for ${topic}`);
      }
    } catch (error) {
      if (!isTooLarge(error)) await drop();
      throw error;
    }
  }

  /** A topic may take less than a chunk: then by halves, down to single messages. */
  async function sendChunk(topic: string, chunk: readonly DeadLetter[], onWritten: (count: number) => void) {
    const isCompressed = chunk.reduce((sum, message) => sum + bytesOf(message), 0) >= COMPRESS_FROM_BYTES;
    try {
      await request(topic, chunk, isCompressed);
    } catch (error) {
      if (!isTooLarge(error) || (chunk.length === 1 && isCompressed)) throw error;
      if (chunk.length > 1) {
        const half = Math.ceil(chunk.length / 2);
        await sendChunk(topic, chunk.slice(0, half), onWritten);
        await sendChunk(topic, chunk.slice(half), onWritten);
        return;
      }
      await request(topic, chunk, true);
    }
    onWritten(chunk.length);
  }

  async function sendAll(topic: string, messages: readonly DeadLetter[]): Promise<SendResult> {
    let delivered = 0;
    try {
      for (const chunk of splitIntoChunks(messages, chunkBytes)) {
        await sendChunk(topic, chunk, (count) => {
          delivered += count;
        });
      }
    } catch (error) {
      // A broker that takes only small requests hangs up instead of saying so.
      chunkBytes = Math.max(SMALLEST_CHUNK_BYTES, chunkBytes / 2);
      return { delivered, error };
    }
    chunkBytes = CHUNK_BYTES;
    return { delivered };
  }

  let last: Promise<unknown> = Promise.resolve();
  return {
    // One after the other, so that what was chosen belongs to what was answered.
    send(topic, messages) {
      const sending = last.then(() => sendAll(topic, messages));
      last = sending;
      return sending;
    },
    close: drop,
  };
}

/** Runs of messages, in order, of so many bytes at most; one that is larger alone is a run of its own. */
export function splitIntoChunks(messages: readonly DeadLetter[], maximumBytes: number): DeadLetter[][] {
  const chunks: DeadLetter[][] = [];
  let current: DeadLetter[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = bytesOf(message);
    if (current.length > 0 && bytes + size > maximumBytes) {
      chunks.push(current);
      current = [];
      bytes = 0;
    }
    current.push(message);
    bytes += size;
  }
  if (current.length > 0) chunks.push(current);
  return chunks;
}

/** Of its key and value; the rest of a record takes a few bytes more. */
export function bytesOf({ key, value }: DeadLetter): number {
  return Buffer.byteLength(value) + (key?.length ?? 0);
}

const TOO_LARGE: readonly unknown[] = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'];

/** The broker refused a batch for its size; kafkajs wraps what the broker said. */
export function isTooLarge(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('type' in error && TOO_LARGE.includes(error.type)) return true;
  return isTooLarge(error.cause) || ('originalError' in error && isTooLarge(error.originalError));
}
