import type { Migration } from '#migrations/migration.ts';
import { initialNotifications } from './0001-initial.ts';

export const notificationsHistory: readonly Migration[] = [initialNotifications];
