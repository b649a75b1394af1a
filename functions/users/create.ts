/** POST /api/users/ */

import * as createUserBody from '#generated/create-user-body.js';
import { requiredSetting } from '#shared/config/settings.ts';
import { usersDatabase } from '#shared/db/databases.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { idempotencyKeyOf } from '#shared/http/parameters.ts';
import { jsonBody } from '#shared/http/request.ts';
import { type LimitSignUps, limitMailsPerAddress, limitSignUps } from '#shared/http/request-limits.ts';
import { json } from '#shared/http/response.ts';
import { publish } from '#shared/kafka/producer.ts';
import { publishSoon } from '#shared/outbox/publish-soon.ts';
import { limitMails } from '#shared/users/limit-mails.ts';
import { hashPassword } from '#shared/users/password-hash.ts';
import { type RegisterOnce, registerOnce } from '#shared/users/register-once.ts';
import { registerUser } from '#shared/users/register-user.ts';

export function createUserHandler(register: RegisterOnce, limit: LimitSignUps) {
  return httpHandler(async (event) => {
    const body = jsonBody(event, createUserBody);
    const key = idempotencyKeyOf(event);
    const leave = await limit(event);
    const user = await register(body, key).catch(async (error: unknown) => {
      // The mailbox's limit refused it.
      if (error instanceof AppError && error.code === 'RATE_LIMITED') await leave();
      throw error;
    });
    return json(201, user, { location: `/api/users/${user.id}` });
  });
}

const database = usersDatabase;
function secrets() {
  return requiredSetting('IDEMPOTENCY_SECRET');
}
const register = limitMails({
  register: registerUser({ database, hashPassword, publishSoon: publishSoon({ database, publish }) }),
  limit: limitMailsPerAddress,
  secrets,
});

export const handler = createUserHandler(registerOnce({ database, register, secrets }), limitSignUps);
