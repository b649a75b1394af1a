/** PATCH /api/users/{id} */

import * as updateUserBody from '#generated/update-user-body.js';
import { getConfig } from '#shared/config/config.ts';
import { usersDatabase } from '#shared/db/databases.ts';
import { audit } from '#shared/http/audit.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { userIdOf } from '#shared/http/parameters.ts';
import { jsonBody } from '#shared/http/request.ts';
import { type LimitPasswordChecks, limitAddressChanges, limitPasswordChecks } from '#shared/http/request-limits.ts';
import { json } from '#shared/http/response.ts';
import { passwordFailures } from '#shared/users/password-failures.ts';
import { hashPassword, verifyPassword } from '#shared/users/password-hash.ts';
import { type UpdateUser, updateUser } from '#shared/users/update-user.ts';
import { userCache } from '#shared/users/user-cache.ts';

export function updateUserHandler(update: UpdateUser, limit: LimitPasswordChecks) {
  return httpHandler(async (event) => {
    const id = userIdOf(event);
    const body = jsonBody(event, updateUserBody);
    const unchecked = await limit(event, id);
    const changed = (credentials: readonly string[]) =>
      audit(event, 'credentials changed', { userId: id, credentials });
    return json(200, await update(id, body, { unchecked, changed }));
  });
}

const failures = passwordFailures(usersDatabase, () => getConfig().PASSWORD_FAILURES_FREE ?? 0);

export const handler = updateUserHandler(
  updateUser({
    database: usersDatabase,
    cache: userCache,
    hashPassword,
    verifyPassword,
    failures,
    limitAddressChanges,
  }),
  limitPasswordChecks,
);
