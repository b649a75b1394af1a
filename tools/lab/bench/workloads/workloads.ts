import { measureEvents } from '../growth/events.ts';
import { measureUsers } from '../growth/users.ts';
import type { WorkloadName } from '../options.ts';
import { cost } from './cost.ts';
import { backlog, latency } from './mails.ts';
import { post, postAtMinimum } from './posts.ts';
import { importOfGet, memory, start } from './processes.ts';
import { getOne, getSpread, list } from './reads.ts';
import { relay } from './relay.ts';
import { soakMemory } from './soak-memory.ts';
import type { Workload } from './workload.ts';

const growth: Workload = {
  place: 'growth',
  async measure(laboratory) {
    await laboratory.stopPeer();
    const ours = await laboratory.ours('growth');
    const users = await measureUsers(laboratory, ours);
    return [...users, ...(await measureEvents(laboratory, ours))];
  },
};

export const workloads: Readonly<Record<WorkloadName, Workload>> = {
  start,
  import: importOfGet,
  'post-min': postAtMinimum,
  post,
  get: getOne,
  spread: getSpread,
  list,
  drain: backlog,
  latency,
  relay,
  cost,
  memory,
  growth,
  'soak-memory': soakMemory,
};
