import type { Admin } from 'kafkajs';
import { lazy } from '#shared/lifecycle/lazy.ts';
import { onClose } from '#shared/lifecycle/lifecycle.ts';
import { kafkaClient } from './kafka-client.ts';

const open = (): (() => Promise<Admin>) =>
  lazy(async () => {
    const admin = (await kafkaClient()).admin({ retry: { retries: 0 } });
    onClose('kafka-probe', async () => {
      current = open();
      await admin.disconnect();
    });
    await admin.connect();
    return admin;
  });

let current = open();

/** Resolves when a broker answers. */
export const probeBroker = async (): Promise<void> => {
  const admin = await current();
  try {
    await admin.describeCluster();
  } catch (error) {
    current = open();
    await admin.disconnect().catch(() => undefined);
    throw error;
  }
};
