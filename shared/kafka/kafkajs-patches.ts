import kafkajsPackage from 'kafkajs/package.json' with { type: 'json' };
import Connection from 'kafkajs/src/network/connection.js';
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';
import metadataResponse from 'kafkajs/src/protocol/requests/metadata/v6/response.js';

const PATCHED_VERSION = '2.2.4';

/** Stored on the prototype: after a hot reload, another version of this file patches the same kafkajs. */
const PATCHED = Symbol.for('event-driven-registration.kafkajs-patches');

/**
 * kafkajs 2.2.4 re-arms a 1 ms timer on every connection without end (`scheduleCheckPendingRequests` computes a negative delay
 * when nothing is throttled), about 5 % of a core each. The timer is needed only while requests wait or are throttled.
 */
function stopIdleTimer(): void {
  const original = RequestQueue.prototype.scheduleCheckPendingRequests;
  RequestQueue.prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) original.call(this);
  };
}

/** kafkajs loads no metadata of a topic while one of its partitions has no leader. Fails only if none has one. */
function loadLeaderlessPartitions(): void {
  const { parse } = metadataResponse;
  metadataResponse.parse = async (metadata) => {
    const topicMetadata = metadata.topicMetadata.map((topic) => {
      const led = topic.partitionMetadata.filter(({ leader }) => leader >= 0);
      return led.length > 0 ? { ...topic, partitionMetadata: led } : topic;
    });
    await parse({ ...metadata, topicMetadata });
    return metadata;
  };
}

/** The bytes of a response's length, which every response begins with. */
const LENGTH_BYTES = 4;

/**
 * A connection that is cut in the middle of a response keeps the part it received. kafkajs reads the responses of the next
 * connection from there on: none matches its request, and every request times out until the process ends.
 */
function forgetCutResponses(): void {
  const { connect } = Connection.prototype;
  Connection.prototype.connect = function (this: Connection): Promise<boolean> {
    if (!this.isConnected()) {
      // A socket that was ended may still receive.
      if (this.socket?.writableEnded === true) this.socket.destroy();
      Object.assign(this, { chunks: [], bytesBuffered: 0, bytesNeeded: LENGTH_BYTES });
    }
    return connect.call(this);
  };
}

/** Does nothing for other versions of kafkajs. */
export function patchKafkajs(version: string = kafkajsPackage.version): boolean {
  if (version !== PATCHED_VERSION) return false;
  if (PATCHED in RequestQueue.prototype) return true;
  Object.defineProperty(RequestQueue.prototype, PATCHED, { value: true });
  stopIdleTimer();
  loadLeaderlessPartitions();
  forgetCutResponses();
  return true;
}
