import type { Migration } from '../migration.ts';
import { initialNotifications } from './0001-initial.ts';

export const notificationsHistory: readonly Migration[] = [initialNotifications];
