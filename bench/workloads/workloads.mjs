import { cost } from './cost.mjs';
import { growth } from './growth.mjs';
import { backlog, latency } from './mails.mjs';
import { post, postAtMinimum } from './posts.mjs';
import { importOfGet, memory, start } from './processes.mjs';
import { getOne, getSpread, list } from './reads.mjs';
import { relay } from './relay.mjs';

/** @type {Readonly<Record<import('../options.mjs').WorkloadName, import('./workload.mjs').Workload>>} */
export const workloads = {
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
