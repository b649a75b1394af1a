import { NotPublishedError, type OutgoingMessage, type Publish } from '#shared/kafka/producer.ts';
import { effect } from '#shared/runtime/effects.ts';

export interface PublishedMessages {
  readonly publish: Publish;
  on(topic: string): OutgoingMessage[];
  keysOn(topic: string): Array<string | null>;
  /** Makes every publication fail until it is called with `undefined`. */
  failWith(error: Error | undefined): void;
  /** Stores no messages with these keys, as if their partitions had no leader. */
  refuse(keys: readonly string[]): void;
}

/** A publisher that stores messages, for services tested without a broker. */
export function publishedMessages(): PublishedMessages {
  const messages: Array<{ topic: string; message: OutgoingMessage }> = [];
  let failure: Error | undefined;
  let refused: readonly string[] = [];
  const on = (topic: string): OutgoingMessage[] =>
    messages.filter((entry) => entry.topic === topic).map(({ message }) => message);
  return {
    async publish(name, topic, outgoing) {
      if (outgoing.length === 0) return;
      await effect(name, async () => {
        if (failure !== undefined) throw failure;
        const missing = outgoing.filter(({ key }) => refused.includes(String(key)));
        messages.push(...outgoing.filter((each) => !missing.includes(each)).map((message) => ({ topic, message })));
        if (missing.length > 0) throw new NotPublishedError(topic, missing, 'no leader');
      });
    },
    on,
    keysOn: (topic) => on(topic).map(({ key }) => key?.toString() ?? null),
    failWith(error) {
      failure = error;
    },
    refuse(keys) {
      refused = keys;
    },
  };
}
