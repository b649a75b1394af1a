import type { Migration } from '../migration.ts';
import { initialUsers } from './0001-initial.ts';
import { retentionAndLists } from './0002-retention-and-lists.ts';

export const usersHistory: readonly Migration[] = [initialUsers, retentionAndLists];
