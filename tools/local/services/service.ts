import type { Guard } from '../process/guard-client.ts';
import type { ManagedProcess } from '../process/managed-process.ts';

/** What every local service is told. */
export interface ServiceContext {
  /** where its data lives */
  dir: string;
  port: number;
  logFile: string;
  pidFile?: string;
  guard: Guard;
  /** more arguments for the server; for Kafka more lines of its properties */
  options?: string[];
  /** nobody will ever read its data again: speed before durability A service that was started; `ready` fails when it ends or stays silent. */
  isThrowAway: boolean;
}

export type StartedService = { service: ManagedProcess; ready: Promise<void> };
