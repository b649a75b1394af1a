import type { Migration } from '../migration.ts';
import { initialUsers } from './0001-initial.ts';
import { retention } from './0002-retention.ts';
import { dashboard } from './0003-dashboard.ts';

export const usersHistory: readonly Migration[] = [initialUsers, retention, dashboard];
