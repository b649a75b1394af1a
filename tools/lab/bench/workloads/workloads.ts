import type { WorkloadName } from '../options.ts';
import { cost } from './cost.ts';
import { growth } from './growth.ts';
import { backlog, latency } from './mails.ts';
import { post, postAtMinimum } from './posts.ts';
import { importOfGet, memory, start } from './processes.ts';
import { getOne, getSpread, list } from './reads.ts';
import { relay } from './relay.ts';
import type { Workload } from './workload.ts';

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
};
