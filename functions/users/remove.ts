/** DELETE /api/users/{id} */

import { usersDatabase } from '#shared/db/databases.ts';
import { audit } from '#shared/http/audit.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { operatorOnlyWhenDeployed } from '#shared/http/operator.ts';
import { userIdOf } from '#shared/http/parameters.ts';
import { noContent } from '#shared/http/response.ts';
import { removeUser } from '#shared/users/remove-user.ts';
import { userCache } from '#shared/users/user-cache.ts';

const remove = removeUser({ database: usersDatabase, cache: userCache });

export const handler = httpHandler(
  operatorOnlyWhenDeployed(async (event) => {
    const id = userIdOf(event);
    await remove(id);
    audit(event, 'user deleted', { userId: id });
    return noContent();
  }),
);
