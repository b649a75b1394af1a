import { usersDatabase } from '#shared/db/databases.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { userIdOf } from '#shared/http/path-parameters.ts';
import { jsonBody } from '#shared/http/request.ts';
import { json } from '#shared/http/response.ts';
import { hashPassword, verifyPassword } from '#shared/users/password-hash.ts';
import { type UpdateUser, updateUser } from '#shared/users/update-user.ts';
import { userCache } from '#shared/users/user-cache.ts';
import * as updateUserBody from '#shared/validation/generated/update-user-body.js';

export const updateUserHandler = (update: UpdateUser) =>
  httpHandler(async (event) => json(200, await update(userIdOf(event), jsonBody(event, updateUserBody))));

export const handler = updateUserHandler(
  updateUser({ database: usersDatabase, cache: userCache, hashPassword, verifyPassword }),
);
