import type { Guard } from '#tools/local/process/guard-client.ts';
import { nextMessage, startChild } from '../children/start-child.ts';

export interface Arrived {
  /** when each recipient's mail had come in, on the shared clock */
  at: ReadonlyMap<string, number>;
  /** of all mails */
  bytes: number;
  repeats: number;
}

export interface Sink {
  port: number;
  /** begins to count the mails to addresses that begin with the tag; what it returns waits until so many recipients have theirs, and throws when they have not in time */
  expect: (tag: string, count: number) => Promise<(limitMs: number) => Promise<Arrived>>;
  stop: () => Promise<void>;
}

export async function startSink(guard: Guard): Promise<Sink> {
  const { child, port, stop } = await startChild('./mail-sink.ts', guard);
  return {
    port,
    stop,
    async expect(tag, count) {
      const expecting = nextMessage(child, ({ expecting: told }) => (told === tag ? true : undefined));
      const arriving = nextMessage(child, ({ mails }) => (mails?.tag === tag ? mails : undefined));
      // It is waited for later, or never.
      arriving.catch(() => undefined);
      child.send({ expect: { tag, count } });
      await expecting;
      return async (limitMs) => {
        const timer = setTimeout(() => child.send({ giveUp: tag }), limitMs);
        const { arrivals, bytes, repeats } = await arriving;
        clearTimeout(timer);
        if (arrivals.length < count)
          throw new Error(`${arrivals.length} of ${count} mails have come within ${limitMs / 1000} s`);
        return { at: new Map(arrivals), bytes, repeats };
      };
    },
  };
}
