import type { Database } from '#shared/db/database.ts';
import { statement } from '#shared/db/run.ts';
import { MAX_PAGE_SIZE } from './largest-page.ts';
import { userRepository } from './user-repository.ts';
import type { ListUsersQuery, UserPage } from './user-schemas.ts';

/**
 * One page of users. Sizes over 20 are cut to 20; a direction that is neither ASC nor DESC means ASC.
 * @throws AppError DEPENDENCY_DOWN
 */
export const listUsers =
  (database: () => Promise<Database>) =>
  async (query: ListUsersQuery): Promise<UserPage> => {
    const size = Math.min(query.pageSize, MAX_PAGE_SIZE);
    const sortDirection = query.sortDirection.toUpperCase() === 'DESC' ? 'DESC' : 'ASC';
    const { page, sortBy } = query;
    const [content, totalElements] = await statement(await database(), (db) => {
      const users = userRepository(db);
      return Promise.all([users.list(sortBy, sortDirection, page * size, size), users.count()]);
    });
    const totalPages = Math.ceil(totalElements / size);
    return { content, page, size, sortBy, sortDirection, totalElements, totalPages };
  };

export type ListUsers = ReturnType<typeof listUsers>;
