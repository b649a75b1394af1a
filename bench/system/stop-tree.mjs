import { waitFor } from '#local/cli/wait-for.mjs';
import { isAlive, signalGroup } from '#local/process/signals.mjs';

const graceMs = 20_000;

/**
 * Ends a service and waits for everything below it, which may outlive it for a moment.
 * @param {import('#local/process/managed-process.mjs').ManagedProcess} service
 * @param {readonly number[]} below
 */
export const stopTree = async (service, below) => {
  await service.stop(graceMs);
  if (await waitFor(() => !below.some(isAlive), { timeoutMs: graceMs })) return;
  for (const pid of below) signalGroup(pid, 'SIGKILL');
};
