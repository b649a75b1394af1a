import { isAlive } from '#tools/bootstrap/lock.mjs';
import { waitFor } from '#tools/local/cli/wait-for.ts';
import type { ManagedProcess } from '#tools/local/process/managed-process.ts';
import { signalGroup } from '#tools/local/process/signals.ts';

const graceMs = 20_000;

/** Ends a service and waits for everything below it, which may outlive it for a moment. */
export async function stopTree(service: ManagedProcess, below: readonly number[]) {
  await service.stop(graceMs);
  if (await waitFor(() => !below.some(isAlive), { timeoutMs: graceMs })) return;
  for (const pid of below) signalGroup(pid, 'SIGKILL');
}
