import type { Knex } from 'knex';
import { initialNotifications } from '#migrations/notifications/0001-initial.ts';
import { initialUsers } from '#migrations/users/0001-initial.ts';
import { retentionAndLists } from '#migrations/users/0002-retention-and-lists.ts';
import { idempotency } from '#migrations/users/0003-idempotency.ts';
import { dashboard } from '#migrations/users/0004-dashboard.ts';
import { passwordFailures } from '#migrations/users/0005-password-failures.ts';

/** One migration. Migrations run in the order of their list and never change once released. */
export interface Migration {
  readonly name: string;
  up(db: Knex): Promise<void>;
  down(db: Knex): Promise<void>;
}

export const usersHistory: readonly Migration[] = [
  initialUsers,
  retentionAndLists,
  idempotency,
  dashboard,
  passwordFailures,
];

export const notificationsHistory: readonly Migration[] = [initialNotifications];
