import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import type { Broker, Cluster, KafkaMessage } from 'kafkajs';
import { decodeFetchAnswer, type FetchedPartition } from '../fetch/fetch-answer.ts';
import type { PolledRecord } from '../record/record.ts';

/** The version whose internals the patches know. */
export const PATCHED_VERSION = '2.2.4';

const require = createRequire(import.meta.url);

/**
 * Checks the version of kafkajs, stops the idle timer of its connections and lets them forget a response that was cut.
 * @throws for a version whose internals are unknown
 */
export function patchKafkajs(): void {
  const { version } = require('kafkajs/package.json') as { version: string };
  if (version !== PATCHED_VERSION) {
    throw new Error(`kafkajs ${version} is installed; install ${PATCHED_VERSION}, the only version that works here`);
  }
  stopIdleTimer();
  forgetCutResponses();
}

/** The part of kafkajs' RequestQueue that the patch uses. */
interface RequestQueue {
  readonly pending: readonly unknown[];
  readonly inflight: ReadonlyMap<number, InflightRequest>;
  readonly requestTimeout: number;
  readonly enforceRequestTimeout: boolean;
  requestTimeoutIntervalId?: NodeJS.Timeout;
  isConnected(): boolean;
  destroy(): void;
  scheduleCheckPendingRequests(): void;
  scheduleRequestTimeoutCheck(): void;
}

interface InflightRequest {
  readonly sentAt: number;
  readonly requestTimeout: number;
  timeoutRequest(): void;
}

const PATCHED = Symbol.for('serverless-offline-kafka-events.idle-timer');

/** The part of kafkajs' Connection that the patch uses. */
interface Connection {
  socket?: Socket;
  isConnected(): boolean;
  connect(): Promise<boolean>;
}

const FORGETS = Symbol.for('serverless-offline-kafka-events.cut-responses');
/** Every response begins with its length. */
const LENGTH_BYTES = 4;

/**
 * A connection that is cut in the middle of a response keeps the part it received. kafkajs 2.2.4 reads the responses of the next
 * connection from there on: none matches its request, and every request times out for ever.
 */
function forgetCutResponses(): void {
  const { prototype } = require('kafkajs/src/network/connection') as { prototype: Connection & { [FORGETS]?: true } };
  if (prototype[FORGETS]) return;
  const { connect } = prototype;
  prototype.connect = function (this: Connection) {
    if (!this.isConnected()) {
      // A socket that was ended may still receive.
      if (this.socket?.writableEnded) this.socket.destroy();
      Object.assign(this, { chunks: [], bytesBuffered: 0, bytesNeeded: LENGTH_BYTES });
    }
    return connect.call(this);
  };
  prototype[FORGETS] = true;
}

/**
 * After its first response, a connection of kafkajs 2.2.4 re-arms a 1 ms timer for ever: 5 % of a core. Only pending
 * requests need it. A second timer checks for timed-out requests every 100 ms; here it checks every tenth of the timeout,
 * at least once per second. Both changes affect every client of the process, and neither changes what it observes.
 */
function stopIdleTimer(): void {
  const { prototype } = require('kafkajs/src/network/requestQueue') as {
    prototype: RequestQueue & { [PATCHED]?: true };
  };
  if (prototype[PATCHED]) return;
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.pending.length > 0) schedule.call(this);
  };
  prototype.scheduleRequestTimeoutCheck = function (this: RequestQueue) {
    if (!this.enforceRequestTimeout) return;
    this.destroy();
    this.requestTimeoutIntervalId = setInterval(() => timeOutRequests(this), checkEveryMs(this.requestTimeout));
  };
  prototype[PATCHED] = true;
}

function timeOutRequests(queue: RequestQueue): void {
  const now = Date.now();
  for (const request of queue.inflight.values())
    if (now - request.sentAt > request.requestTimeout) request.timeoutRequest();
  if (!queue.isConnected()) queue.destroy();
}

function checkEveryMs(requestTimeoutMs: number): number {
  return Math.min(1_000, Math.max(100, requestTimeoutMs / 10), requestTimeoutMs);
}

interface ProtocolRequest {
  readonly request: { readonly apiVersion: number };
  response: { decode(bytes: Buffer): Promise<unknown>; parse(data: unknown): Promise<unknown> };
}

type Lookup = (apiKey: number, definitions: unknown) => (options: unknown) => ProtocolRequest;

/** What kafkajs' broker has but does not declare. */
type BrokerInternals = Broker & {
  lookupRequest: Lookup;
  fetch(options: { topics: { partitions: { maxBytes: number }[] }[] }): Promise<unknown>;
};

export interface FetchEvents {
  /** Of each partition: how much a fetch may ask for, and how much may be polled ahead. */
  readonly budget: { readonly fetchBytes: number; readonly partitionBytes: number };
  /** The broker has no records at the position of the partition. */
  readonly onOffsetOutOfRange: (partition: number) => void;
  /** A batch is broken, or compressed in an unknown way. */
  readonly onUnreadable: (partition: number, problem: unknown) => void;
}

const OFFSET_OUT_OF_RANGE = 1;

/** The one message that carries all records of a partition in a fetch response. */
export type CarrierMessage = KafkaMessage & { readonly records: readonly PolledRecord[] };

export function isCarrier(message: object | undefined): message is CarrierMessage {
  return message !== undefined && 'records' in message;
}

/**
 * Replaces how the brokers of this one cluster decode fetch answers. kafkajs 2.2.4 cannot read snappy, lz4 and zstd, stays
 * for ever at an emptied batch (kafkajs#1072) and at aborted transactions, loses the order of headers, and commits −2 where
 * an offset is out of range.
 */
export function replaceFetchDecoder(cluster: Cluster, events: FetchEvents): void {
  const findBroker = cluster.findBroker.bind(cluster);
  const replaced = new WeakSet<Broker>();
  cluster.findBroker = async (node) => {
    const broker = (await findBroker(node)) as BrokerInternals;
    if (!replaced.has(broker)) {
      replaced.add(broker);
      decodeFetches(broker, events);
    }
    return broker;
  };
}

function decodeFetches(broker: BrokerInternals, events: FetchEvents): void {
  const fetch = broker.fetch;
  broker.fetch = (options) => {
    for (const { partitions } of options.topics) for (const one of partitions) one.maxBytes = events.budget.fetchBytes;
    // kafkajs looks up and builds the request before its first await.
    const lookup = broker.lookupRequest;
    broker.lookupRequest = (apiKey, definitions) => {
      const build = lookup(apiKey, definitions);
      return (parameters) => withOurDecoder(build(parameters), events);
    };
    try {
      return fetch.call(broker, options);
    } finally {
      broker.lookupRequest = lookup;
    }
  };
}

function withOurDecoder(protocol: ProtocolRequest, events: FetchEvents): ProtocolRequest {
  const { apiVersion } = protocol.request;
  if (apiVersion < 4) throw new Error('the broker is older than Kafka 0.11, which is not supported');
  return {
    ...protocol,
    response: {
      decode: async (bytes) => decodeFetchAnswer(bytes, apiVersion, events.budget.partitionBytes),
      parse: async (partitions) => toKafkajsAnswer(partitions as readonly FetchedPartition[], events),
    },
  };
}

/** @throws what the broker reported of a partition, as kafkajs does, unless we handle it ourselves */
function toKafkajsAnswer(partitions: readonly FetchedPartition[], events: FetchEvents) {
  const { createErrorFromCode } = require('kafkajs/src/protocol/error') as {
    createErrorFromCode(code: number): Error;
  };
  const failed = partitions.find(({ errorCode }) => errorCode !== 0 && errorCode !== OFFSET_OUT_OF_RANGE);
  if (failed !== undefined) throw createErrorFromCode(failed.errorCode);
  const byTopic = new Map<string, FetchedPartition[]>();
  for (const one of partitions) byTopic.set(one.topic, [...(byTopic.get(one.topic) ?? []), one]);
  for (const { errorCode, partition, problem } of partitions) {
    if (errorCode === OFFSET_OUT_OF_RANGE) events.onOffsetOutOfRange(partition);
    else if (problem !== null) events.onUnreadable(partition, problem);
  }
  return {
    responses: [...byTopic].map(([topicName, fetched]) => ({ topicName, partitions: fetched.map(toKafkajsPartition) })),
  };
}

/** kafkajs moves its position to the offset after the carrier, whether there are records in it or not. */
function toKafkajsPartition(fetched: FetchedPartition) {
  const { partition, highWatermark, preferredReadReplica, records, endOffset } = fetched;
  const offset = String((endOffset ?? 0) - 1);
  const carrier = { offset, key: null, value: null, isControlRecord: false, batchContext: {}, records };
  return {
    partition,
    highWatermark: String(highWatermark),
    preferredReadReplica,
    abortedTransactions: [],
    messages: endOffset === null ? [] : [carrier],
  };
}
