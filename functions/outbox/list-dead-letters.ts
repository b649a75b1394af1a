/** GET /api/dead-letters; for operators. */

import * as listDeadLettersQuery from '#generated/list-dead-letters-query.js';
import { usersDatabase } from '#shared/db/databases.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { operatorOnly } from '#shared/http/operator.ts';
import { query } from '#shared/http/request.ts';
import { json } from '#shared/http/response.ts';
import { listDeadLetters } from '#shared/outbox/list-dead-letters.ts';

const list = listDeadLetters(usersDatabase);

export const handler = httpHandler(
  operatorOnly(async (event) => json(200, await list(query(event, listDeadLettersQuery, ['page', 'pageSize'])))),
);
