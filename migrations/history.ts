import { initialNotifications } from '#migrations/notifications/0001-initial.ts';
import { outcomes } from '#migrations/notifications/0002-outcomes.ts';
import { initialUsers } from '#migrations/users/0001-initial.ts';
import { retentionAndLists } from '#migrations/users/0002-retention-and-lists.ts';
import { idempotency } from '#migrations/users/0003-idempotency.ts';
import { dashboard } from '#migrations/users/0004-dashboard.ts';
import { passwordFailures } from '#migrations/users/0005-password-failures.ts';
import { listMarks } from '#migrations/users/0006-list-marks.ts';
import type { Migration } from '#shared/db/migrate.ts';

export const usersHistory: readonly Migration[] = [
  initialUsers,
  retentionAndLists,
  idempotency,
  dashboard,
  passwordFailures,
  listMarks,
];

export const notificationsHistory: readonly Migration[] = [initialNotifications, outcomes];

/** By the variable that names each database. */
export const histories = {
  USERS_DATABASE_URL: usersHistory,
  NOTIFICATIONS_DATABASE_URL: notificationsHistory,
};
