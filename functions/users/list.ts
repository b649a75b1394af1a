/** GET /api/users/ */

import * as listUsersQuery from '#generated/list-users-query.js';
import { usersDatabase } from '#shared/db/databases.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { operatorOnlyWhenDeployed } from '#shared/http/operator.ts';
import { query } from '#shared/http/request.ts';
import { json } from '#shared/http/response.ts';
import { type ListUsers, listUsers } from '#shared/users/list-users.ts';

export function listUsersHandler(list: ListUsers) {
  return httpHandler(
    operatorOnlyWhenDeployed(async (event) =>
      json(200, await list(query(event, listUsersQuery, ['page', 'pageSize']))),
    ),
  );
}

export const handler = listUsersHandler(listUsers(usersDatabase));
