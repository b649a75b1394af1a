/** GET /api/users/{id} */

import { usersDatabase } from '#shared/db/databases.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { operatorOnlyWhenDeployed } from '#shared/http/operator.ts';
import { userIdOf } from '#shared/http/parameters.ts';
import { json } from '#shared/http/response.ts';
import { type ReadUser, readUser } from '#shared/users/read-user.ts';
import { userCache } from '#shared/users/user-cache.ts';

export function getUserHandler(read: ReadUser) {
  return httpHandler(operatorOnlyWhenDeployed(async (event) => json(200, await read(userIdOf(event)))));
}

export const handler = getUserHandler(readUser({ database: usersDatabase, cache: userCache }));
