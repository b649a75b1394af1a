import { measureEvents } from '../growth/events.ts';
import { measureUsers } from '../growth/users.ts';
import type { Workload } from './workload.ts';

export const growth: Workload = {
  place: 'growth',
  async measure(laboratory) {
    await laboratory.stopPeer();
    const ours = await laboratory.ours('growth');
    const users = await measureUsers(laboratory, ours);
    return [...users, ...(await measureEvents(laboratory, ours))];
  },
};
