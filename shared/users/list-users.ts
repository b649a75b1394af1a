import type { Database } from '#shared/db/database.ts';
import { store } from '#shared/db/run.ts';
import { LARGE_TABLE, tableTotal } from '#shared/db/table-total.ts';
import { MAX_PAGE_SIZE, toPage } from '#shared/validation/page.ts';
import { userPositions } from './user-positions.ts';
import { type Direction, userRepository } from './user-repository.ts';
import type { ListUsersQuery, SortField, User, UserPage } from './user-schemas.ts';

type Users = ReturnType<typeof userRepository>;

interface Wanted {
  readonly sortBy: SortField;
  readonly direction: Direction;
  readonly offset: number;
  readonly size: number;
}

function opposite(direction: Direction): Direction {
  return direction === 'ASC' ? 'DESC' : 'ASC';
}

/**
 * Returns one page of users. Sizes over 20 are cut to 20; a direction other than ASC or DESC means ASC. Above 10,000 users the
 * total is at most 5 s old, and a page is read from the nearer end of the list or from a remembered position.
 * @throws AppError DEPENDENCY_DOWN
 */
export function listUsers(database: () => Promise<Database>, clock: () => number = () => performance.now()) {
  const query = store(database, userRepository);
  const totals = tableTotal(clock);
  const startOf = userPositions(clock);

  const fromLargeTable = async (users: Users, { sortBy, direction, offset, size }: Wanted, total: number) => {
    const limit = Math.min(size, total - offset);
    if (limit <= 0) return [];
    const before = direction === 'ASC' ? offset : total - offset - limit;
    const start = Math.min(offset, total - offset) < LARGE_TABLE ? undefined : startOf(users, sortBy, before);
    if (start !== undefined) {
      const rows = await users.list(sortBy, 'ASC', start, limit);
      return direction === 'ASC' ? rows : rows.reverse();
    }
    if (offset <= total / 2) return users.list(sortBy, direction, { after: undefined, offset }, limit);
    const end = { after: undefined, offset: total - offset - limit };
    return (await users.list(sortBy, opposite(direction), end, limit)).reverse();
  };

  const read = async (users: Users, wanted: Wanted): Promise<[User[], number]> => {
    const { sortBy, direction, offset, size } = wanted;
    if (offset >= LARGE_TABLE || totals.isLarge()) {
      const total = await totals.get(() => users.count());
      if (total > LARGE_TABLE) return [await fromLargeTable(users, wanted, total), total];
      if (offset >= total) return [[], total];
    }
    const asked = clock();
    const [page, total] = await users.listAndCount(sortBy, direction, { after: undefined, offset }, size);
    totals.note(total, asked);
    return [page, total];
  };

  return async ({ page, pageSize, sortBy, sortDirection: asked }: ListUsersQuery): Promise<UserPage> => {
    const size = Math.min(pageSize, MAX_PAGE_SIZE.users);
    const sortDirection = asked.toUpperCase() === 'DESC' ? 'DESC' : 'ASC';
    const wanted = { sortBy, direction: sortDirection, offset: page * size, size } as const;
    const [content, totalElements] = await query((users) => read(users, wanted));
    return { ...toPage(content, { page, size }, totalElements), sortBy, sortDirection };
  };
}

export type ListUsers = ReturnType<typeof listUsers>;
