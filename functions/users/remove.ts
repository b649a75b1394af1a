import { usersDatabase } from '#shared/db/databases.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { operatorOnlyWhenDeployed } from '#shared/http/operator.ts';
import { userIdOf } from '#shared/http/path-parameters.ts';
import { noContent } from '#shared/http/response.ts';
import { type RemoveUser, removeUser } from '#shared/users/remove-user.ts';
import { userCache } from '#shared/users/user-cache.ts';

export function removeUserHandler(remove: RemoveUser) {
  return httpHandler(
    operatorOnlyWhenDeployed(async (event) => {
      await remove(userIdOf(event));
      return noContent();
    }),
  );
}

export const handler = removeUserHandler(removeUser({ database: usersDatabase, cache: userCache }));
