import * as listDeadLettersQuery from '#generated/list-dead-letters-query.js';
import { usersDatabase } from '#shared/db/databases.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { operatorOnly } from '#shared/http/operator.ts';
import { query } from '#shared/http/request.ts';
import { json } from '#shared/http/response.ts';
import type { DeadLetterPage, ListDeadLettersQuery } from '#shared/outbox/dead-letter.ts';
import { listDeadLetters } from '#shared/outbox/list-dead-letters.ts';

export function listDeadLettersHandler(list: (query: ListDeadLettersQuery) => Promise<DeadLetterPage>) {
  return httpHandler(
    operatorOnly(async (event) => json(200, await list(query(event, listDeadLettersQuery, ['page', 'pageSize'])))),
  );
}

export const handler = listDeadLettersHandler(listDeadLetters(usersDatabase));
