import kafkajs, { type ICustomPartitioner, type Producer } from 'kafkajs';
import { createKafkaClient, type KafkaClientOptions } from '../kafka/kafka-client.ts';

/** Size of one request: half of the default `max.message.bytes` of a topic. */
const CHUNK_BYTES = 512 * 1024;
const SMALLEST_CHUNK_BYTES = 16 * 1024;
/** Larger requests are compressed: envelopes contain base64, and a topic accepts 1 MB by default. */
const COMPRESS_FROM_BYTES = 256 * 1024;

export interface DeadLetter {
  readonly key: Buffer | null;
  readonly value: string;
  /** Target partition; by default the key decides. */
  readonly partition?: number;
}

/** `delivered` counts the acknowledged messages from the first on. Without `error` it counts all of them. */
export interface SendResult {
  readonly delivered: number;
  readonly error?: unknown;
}

/** Writes dead letters and reports how many the broker acknowledged. */
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
    // Each connection uses a new client, so that cached metadata is never older than the last failure.
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
      // kafkajs silently drops messages for partitions that it does not know.
      const written = new Set(results.filter((one) => one.errorCode === 0).map((one) => one.partition));
      if (chosen.size === 0 || [...chosen].some((partition) => !written.has(partition))) {
        throw new Error(`the broker did not acknowledge every message for ${topic}`);
      }
    } catch (error) {
      if (!isTooLarge(error)) await drop();
      throw error;
    }
  }

  /** Halves a chunk that the topic rejects as too large, down to single messages. */
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
      // A broker with a small request limit closes the connection without an error.
      chunkBytes = Math.max(SMALLEST_CHUNK_BYTES, chunkBytes / 2);
      return { delivered, error };
    }
    chunkBytes = CHUNK_BYTES;
    return { delivered };
  }

  let last: Promise<unknown> = Promise.resolve();
  return {
    // Sends one request at a time, so that the partitions chosen belong to the answer.
    send(topic, messages) {
      const sending = last.then(() => sendAll(topic, messages));
      last = sending;
      return sending;
    },
    close: drop,
  };
}

/** Splits messages, in order, into chunks of at most `maximumBytes`. A larger message gets a chunk of its own. */
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

/** Bytes of key and value, without the few bytes of the record around them. */
function bytesOf({ key, value }: DeadLetter): number {
  return Buffer.byteLength(value) + (key?.length ?? 0);
}

const TOO_LARGE: readonly unknown[] = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'];

/** Whether the broker rejected a batch for its size. kafkajs wraps the error of the broker. */
export function isTooLarge(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('type' in error && TOO_LARGE.includes(error.type)) return true;
  return isTooLarge(error.cause) || ('originalError' in error && isTooLarge(error.originalError));
}
