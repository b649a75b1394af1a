import type { Migration } from '#migrations/migration.ts';
import { initialUsers } from './0001-initial.ts';
import { retentionAndLists } from './0002-retention-and-lists.ts';
import { idempotency } from './0003-idempotency.ts';
import { dashboard } from './0004-dashboard.ts';

export const usersHistory: readonly Migration[] = [initialUsers, retentionAndLists, idempotency, dashboard];
