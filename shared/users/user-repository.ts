import type { Knex } from 'knex';
import type { Executor } from '#shared/db/database.ts';
import { isDuplicateKey } from '#shared/db/database-errors.ts';
import { now } from '#shared/db/sql.ts';
import { AppError } from '#shared/errors/app-error.ts';
import type { PageStart, Position } from './user-positions.ts';
import type { SortField, User } from './user-schemas.ts';

export type Direction = 'ASC' | 'DESC';

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
  /** The rows of one sort order from a start on; `after` is only given for ascending orders. */
  const ordered = (sortBy: SortField, direction: Direction, { after, offset }: PageStart): Knex.QueryBuilder => {
    const byField = db('users').orderBy(sortBy, direction).offset(offset);
    if (sortBy === 'id') return after === undefined ? byField : byField.where('id', '>', after.id);
    const rows = byField.orderBy('id', direction);
    if (after === undefined) return rows;
    const { value, id } = after;
    return rows.where((place) =>
      place.where(sortBy, '>', value).orWhere((same) => same.where(sortBy, value).where('id', '>', id)),
    );
  };

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

    async list(sortBy: SortField, direction: Direction, start: PageStart, limit: number): Promise<User[]> {
      return ordered(sortBy, direction, start)
        .select(...PUBLIC_COLUMNS)
        .limit(limit);
    },

    /** A page and the total, from one statement. */
    async listAndCount(
      sortBy: SortField,
      direction: Direction,
      start: PageStart,
      limit: number,
    ): Promise<[User[], number]> {
      const rows: (User & { total: number })[] = await ordered(sortBy, direction, start)
        .select(...PUBLIC_COLUMNS, { total: db('users').count('*') })
        .limit(limit);
      const [first] = rows;
      if (first === undefined) return [[], await this.count()];
      return [rows.map(({ total: _, ...user }) => user), Number(first.total)];
    },

    async positionAfter(sortBy: SortField, after: Position | undefined, count: number): Promise<Position | undefined> {
      const row = await ordered(sortBy, 'ASC', { after, offset: count - 1 }).first({ value: sortBy, id: 'id' });
      return row === undefined ? undefined : { value: row.value, id: Number(row.id) };
    },

    async count(): Promise<number> {
      const row = await db('users').count({ total: '*' }).first();
      return Number(row?.['total'] ?? 0);
    },
  };
}
