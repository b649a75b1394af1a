import type { Migration } from '../migration.ts';
import { initialUsers } from './0001-initial.ts';
import { retention } from './0002-retention.ts';
import { idempotency } from './0003-idempotency.ts';

export const usersHistory: readonly Migration[] = [initialUsers, retention, idempotency];
