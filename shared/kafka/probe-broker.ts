import { reopenable } from '#shared/runtime/reopenable.ts';
import { openKafka } from './kafka-client.ts';

const admin = reopenable(
  'kafka-probe',
  () =>
    openKafka(async (kafka) => {
      const opening = kafka.admin({ retry: { retries: 0 } });
      await opening.connect();
      return opening;
    }),
  (open) => open.disconnect(),
);

/** Resolves when a broker answers. */
export async function probeBroker(): Promise<void> {
  const open = await admin.get();
  try {
    await open.describeCluster();
  } catch (error) {
    admin.giveUp(open);
    throw error;
  }
}
