import { type Static, type TSchema, Type } from 'typebox';
import { email, text } from '#shared/validation/atom-schemas.ts';
import { pageOf, pageQuery } from '#shared/validation/list-schemas.ts';
import { MAX_PAGE_SIZE } from '#shared/validation/page.ts';

const WORDS = {
  name: 'Name must be between 1 and 20!',
  lastname: 'Last name must be between 1 and 20!',
  email: 'Provide correct email syntax, between 5 and 32!',
  password: 'Password must be between 8 and 25!',
};

const name = text(1, 20, { errorMessage: WORDS.name, examples: ['Ann'] });
const lastname = text(1, 20, { errorMessage: WORDS.lastname, examples: ['Lee'] });
const address = email({ errorMessage: WORDS.email, examples: ['ann.lee@example.com'] });
const password = text(8, 25, { errorMessage: WORDS.password, examples: ['correct-horse-1'] });
/** null means "unchanged", as in the old API. */
function orNull<T extends TSchema>(schema: T, words: string) {
  return Type.Optional(Type.Union([schema, Type.Null()], { errorMessage: words }));
}

export const CreateUserBodySchema = Type.Object({ name, lastname, email: address, password });

export const UpdateUserBodySchema = Type.Object({
  name: orNull(name, WORDS.name),
  lastname: orNull(lastname, WORDS.lastname),
  email: orNull(address, WORDS.email),
  newPassword: orNull(password, WORDS.password),
  oldPassword: Type.String({
    maxLength: 1024,
    errorMessage: 'The current password is needed!',
    examples: ['correct-horse-1'],
  }),
});

export const UserSchema = Type.Object({
  id: Type.Integer({ minimum: 1, examples: [42] }),
  name: Type.String({ examples: ['Ann'] }),
  lastname: Type.String({ examples: ['Lee'] }),
  email: Type.String({ examples: ['ann.lee@example.com'] }),
});

export const SORT_FIELDS = ['id', 'name', 'lastname', 'email'] as const;

export const ListUsersQuerySchema = Type.Object({
  ...pageQuery(10, MAX_PAGE_SIZE.users),
  sortBy: Type.Enum([...SORT_FIELDS], { default: 'id', errorMessage: 'must be one of id, name, lastname, email' }),
  sortDirection: Type.String({ default: 'ASC', description: 'ASC or DESC in any case; anything else means ASC' }),
});

export const UserPageSchema = Type.Object({
  ...pageOf(UserSchema).properties,
  sortBy: Type.String(),
  sortDirection: Type.Enum(['ASC', 'DESC']),
});

export type CreateUserBody = Static<typeof CreateUserBodySchema>;
export type UpdateUserBody = Static<typeof UpdateUserBodySchema>;
export type User = Static<typeof UserSchema>;
export type SortField = (typeof SORT_FIELDS)[number];
export interface ListUsersQuery {
  page: number;
  pageSize: number;
  sortBy: SortField;
  sortDirection: string;
}
export type UserPage = Static<typeof UserPageSchema>;
