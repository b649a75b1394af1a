import { processWide } from './process-wide.ts';

/**
 * The resources that one loaded version of the code holds open, and its invocations in flight. With hot reload several versions
 * live in one process: the reloader finds them in a process-wide list, stops the old one, waits until nothing is in flight and
 * closes it.
 */
export interface CodeVersion {
  /** Ends loops that would otherwise run until shortly before their function's timeout. */
  stop(): void;
  inFlight(): number;
  /** Closes every client; a version that is used again afterwards reconnects. */
  close(): Promise<void>;
}

/** The versions loaded in this process. Importing this module adds none: lifecycle.ts adds its own. */
export function codeVersions(): CodeVersion[] {
  return processWide<CodeVersion[]>('lifecycle', () => []);
}
