import type { Executor } from '#shared/db/database.ts';
import { isDuplicateKey } from '#shared/db/database-errors.ts';
import { now, nowPlus } from '#shared/db/sql.ts';
import { AppError } from '#shared/errors/app-error.ts';
import type { User } from './user-schemas.ts';

/** A row of `users` as updates need it. Only `user` may leave the system. */
export interface StoredUser {
  readonly user: User;
  readonly passwordHash: string;
  readonly version: number;
}

export interface NewUser {
  readonly name: string;
  readonly lastname: string;
  readonly email: string;
  readonly passwordHash: string;
}

/** The fields to update; absent fields keep their value. */
export type UserChanges = { -readonly [Field in keyof NewUser]?: NewUser[Field] };

interface UserRow {
  id: number;
  name: string;
  lastname: string;
  email: string;
  password_hash: string;
  version: number;
}

const PUBLIC_COLUMNS = ['id', 'name', 'lastname', 'email'] as const;

async function refusingDuplicates<T>(write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    if (isDuplicateKey(error)) throw new AppError('EMAIL_TAKEN', 'Choose another email.');
    throw error;
  }
}

function columns(changes: UserChanges): Record<string, string> {
  return {
    ...(changes.name === undefined ? {} : { name: changes.name }),
    ...(changes.lastname === undefined ? {} : { lastname: changes.lastname }),
    ...(changes.email === undefined ? {} : { email: changes.email, email_lower: changes.email.toLowerCase() }),
    ...(changes.passwordHash === undefined ? {} : { password_hash: changes.passwordHash }),
  };
}

export function userRepository(db: Executor) {
  return {
    /** @throws AppError EMAIL_TAKEN */
    async insert(user: NewUser): Promise<number> {
      const row = { ...columns(user), version: 1, created_at: now(db), updated_at: now(db) };
      const [id] = await refusingDuplicates(db('users').insert(row));
      return Number(id);
    },

    async find(id: number): Promise<StoredUser | undefined> {
      const row = await db<UserRow>('users')
        .first(...PUBLIC_COLUMNS, 'password_hash', 'version')
        .where({ id });
      if (row === undefined) return undefined;
      const { password_hash: passwordHash, version, ...user } = row;
      return { user, passwordHash, version };
    },

    /** The id of the user with an address, which may be in any case. */
    async idOf(email: string): Promise<number | undefined> {
      const row: { id: number } | undefined = await db('users').first('id').where({ email_lower: email.toLowerCase() });
      return row?.id;
    },

    /** The ids of users, 50 at most, who registered more than `ageMs` ago with an address like `pattern`, in lower case. */
    async idsLike(pattern: string, ageMs: number): Promise<number[]> {
      const rows = db<UserRow>('users')
        .where('email_lower', 'like', pattern)
        .where('created_at', '<', nowPlus(db, -ageMs));
      return rows.limit(50).pluck('id');
    },

    /**
     * Writes the changes if the row still has the version that was read; returns whether it did.
     * @throws AppError EMAIL_TAKEN
     */
    async update(id: number, version: number, changes: UserChanges): Promise<boolean> {
      const row = { ...columns(changes), version: version + 1, updated_at: now(db) };
      return (await refusingDuplicates(db('users').where({ id, version }).update(row))) === 1;
    },

    async remove(id: number): Promise<boolean> {
      return (await db('users').where({ id }).delete()) === 1;
    },
  };
}
