import { usersDatabase } from '#shared/db/databases.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { jsonBody } from '#shared/http/request.ts';
import { json } from '#shared/http/response.ts';
import { publish } from '#shared/kafka/producer.ts';
import { publishSoon } from '#shared/outbox/publish-soon.ts';
import { hashPassword } from '#shared/users/password-hash.ts';
import { type RegisterUser, registerUser } from '#shared/users/register-user.ts';
import * as createUserBody from '#shared/validation/generated/create-user-body.js';

export const createUser = (register: RegisterUser) =>
  httpHandler(async (event) => {
    const user = await register(jsonBody(event, createUserBody));
    return json(201, user, { location: `/api/users/${user.id}` });
  });

const database = usersDatabase;

export const handler = createUser(
  registerUser({ database, hashPassword, publishSoon: publishSoon({ database, publish }) }),
);
