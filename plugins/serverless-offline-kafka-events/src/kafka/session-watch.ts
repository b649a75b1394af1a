import type { Consumer } from 'kafkajs';

/** A member that shows no life for so long has been given up by kafkajs without a word. */
const SILENCE_MS = 90_000;

export interface SessionWatch {
  /** Resolves with the reason once kafkajs has given up. */
  readonly ended: Promise<unknown>;
  /** There was a sign of life. */
  isAlive(): void;
}

export function watchSession(consumer: Consumer): SessionWatch {
  let lastSignOfLifeMs = Date.now();
  const isAlive = () => {
    lastSignOfLifeMs = Date.now();
  };
  const ended = new Promise<unknown>((resolve) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => resolve(payload.error));
    const watchdog = setInterval(() => {
      if (Date.now() - lastSignOfLifeMs > SILENCE_MS) resolve(new Error('kafkajs has gone silent'));
    }, 5_000);
    watchdog.unref();
    consumer.on(consumer.events.DISCONNECT, () => clearInterval(watchdog));
  });
  consumer.on(consumer.events.FETCH, isAlive);
  consumer.on(consumer.events.HEARTBEAT, isAlive);
  return { ended, isAlive };
}
