import type { Migration } from '../migration.ts';
import { initialUsers } from './0001-initial.ts';

export const usersHistory: readonly Migration[] = [initialUsers];
