import { measureEvents } from '../growth/events.mjs';
import { measureUsers } from '../growth/users.mjs';

/** @type {import('./workload.mjs').Workload} */
export const growth = {
  place: 'growth',
  async measure(laboratory) {
    await laboratory.stopPeer();
    const ours = await laboratory.ours('growth');
    const users = await measureUsers(laboratory, ours);
    return [...users, ...(await measureEvents(laboratory, ours))];
  },
};
