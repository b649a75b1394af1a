import type { Database } from '#shared/db/database.ts';
import { listPages } from '#shared/db/list-page.ts';
import type { SortedList } from '#shared/db/sorted-list.ts';
import { MAX_PAGE_SIZE, toPage } from '#shared/validation/page.ts';
import type { ListUsersQuery, SortField, User, UserPage } from './user-schemas.ts';

const COLUMNS = { id: 'id', name: 'name', lastname: 'lastname', email: 'email' } as const;

function usersBy(column: SortField): SortedList {
  return { name: `users by ${column}`, table: 'users', where: {}, column };
}

export const userLists: readonly SortedList[] = Object.values(COLUMNS).map(usersBy);

/**
 * Returns one page of users. Sizes over 20 are cut to 20; a direction other than ASC or DESC means ASC. For large tables see
 * `listPages`.
 * @throws AppError DEPENDENCY_DOWN
 */
export function listUsers(database: () => Promise<Database>, clock?: () => number) {
  const pages = listPages<User>(database, clock);

  return async ({ page, pageSize, sortBy, sortDirection: asked }: ListUsersQuery): Promise<UserPage> => {
    const size = Math.min(pageSize, MAX_PAGE_SIZE.users);
    const sortDirection = asked.toUpperCase() === 'DESC' ? 'DESC' : 'ASC';
    const request = { direction: sortDirection, offset: page * size, size } as const;
    const [content, total] = await pages.page(usersBy(sortBy), COLUMNS, request, usersBy('id'));
    return { ...toPage(content, { page, size }, total), sortBy, sortDirection };
  };
}

export type ListUsers = ReturnType<typeof listUsers>;
