interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** The part of kafkajs' OffsetManager that the patch uses. */
interface OffsetManager {
  setDefaultOffset(topicPartition: TopicPartition): Promise<void>;
  clearOffsets(topicPartition: TopicPartition): void;
}

const PATCHED = Symbol.for('serverless-offline-kafka-events.default-offset');

/**
 * Where the records at a partition's position are gone, kafkajs 2.2.4 commits −2 ("earliest") as if it were an offset. What
 * the group had committed is lost by it, and whoever reads it back takes it for a group that never committed. Now it
 * forgets its own position only; where to go on says whoever holds the consumer, by a seek.
 */
export function commitNoDefaultOffset(require: NodeJS.Require): void {
  const { prototype } = require('kafkajs/src/consumer/offsetManager') as {
    prototype: OffsetManager & { [PATCHED]?: true };
  };
  if (prototype[PATCHED]) return;
  prototype.setDefaultOffset = async function (this: OffsetManager, topicPartition: TopicPartition) {
    this.clearOffsets(topicPartition);
  };
  prototype[PATCHED] = true;
}
