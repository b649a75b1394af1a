import { reopenable } from '#shared/lifecycle/reopenable.ts';
import { kafkaClient } from './kafka-client.ts';

const admin = reopenable(
  'kafka-probe',
  async () => {
    const opening = (await kafkaClient()).admin({ retry: { retries: 0 } });
    await opening.connect();
    return opening;
  },
  (open) => open.disconnect(),
);

/** Resolves when a broker answers. */
export const probeBroker = async (): Promise<void> => {
  const open = await admin.get();
  try {
    await open.describeCluster();
  } catch (error) {
    admin.giveUp(open);
    throw error;
  }
};
