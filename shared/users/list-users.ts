import type { Database } from '#shared/db/database.ts';
import { statement } from '#shared/db/run.ts';
import { LARGE_TABLE, tableTotal } from '#shared/db/table-total.ts';
import { toPage } from '#shared/validation/to-page.ts';
import { MAX_PAGE_SIZE } from './largest-page.ts';
import { userPositions } from './user-positions.ts';
import { type Direction, userRepository } from './user-repository.ts';
import type { ListUsersQuery, SortField, User, UserPage } from './user-schemas.ts';

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
 * One page of users. Sizes over 20 are cut to 20; a direction that is neither ASC nor DESC means ASC. Above 10,000 users the
 * total is at most 5 s old, and no page is walked to from the far end.
 * @throws AppError DEPENDENCY_DOWN
 */
export function listUsers(database: () => Promise<Database>, clock: () => number = () => performance.now()) {
  const totals = tableTotal(clock);
  const startOf = userPositions(clock);

  const fromLargeTable = async (db: Database, { sortBy, direction, offset, size }: Wanted, total: number) => {
    const limit = Math.min(size, total - offset);
    if (limit <= 0) return [];
    const users = userRepository(db);
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

  const read = async (db: Database, wanted: Wanted): Promise<[User[], number]> => {
    const users = userRepository(db);
    const { sortBy, direction, offset, size } = wanted;
    if (offset >= LARGE_TABLE || totals.isLarge()) {
      const total = await totals.get(() => users.count());
      if (total > LARGE_TABLE) return [await fromLargeTable(db, wanted, total), total];
      if (offset >= total) return [[], total];
    }
    const asked = clock();
    const [page, total] = await users.listAndCount(sortBy, direction, { after: undefined, offset }, size);
    totals.note(total, asked);
    return [page, total];
  };

  return async ({ page, pageSize, sortBy, sortDirection: asked }: ListUsersQuery): Promise<UserPage> => {
    const size = Math.min(pageSize, MAX_PAGE_SIZE);
    const sortDirection = asked.toUpperCase() === 'DESC' ? 'DESC' : 'ASC';
    const wanted = { sortBy, direction: sortDirection, offset: page * size, size } as const;
    const [content, totalElements] = await statement(await database(), (db) => read(db, wanted));
    return { ...toPage(content, { page, size }, totalElements), sortBy, sortDirection };
  };
}

export type ListUsers = ReturnType<typeof listUsers>;
