import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { withLock } from '#tools/bootstrap/lock.mjs';
import { templateDir } from '#tools/paths.ts';
import type { Guard } from '../process/guard-client.ts';
import { type Command, type ManagedProcess, startProcess, waitUntilReady } from '../process/managed-process.ts';

/** Where and how one local server runs. */
export interface ServiceContext {
  /** For its data. */
  dir: string;
  port: number;
  logFile: string;
  pidFile?: string;
  guard: Guard;
  /** More arguments for the server; for Kafka more lines of its properties. */
  options?: string[];
  /** The data is used once: speed matters more than durability. */
  isThrowAway: boolean;
}

/** A started server; `ready` rejects when the server ends or does not answer. */
export type StartedService = { service: ManagedProcess; ready: Promise<void> };

/** Starts a server's process. */
export function startService(
  { logFile, pidFile, guard }: ServiceContext,
  command: Omit<Command, 'logFile' | 'pidFile'>,
  { isReady, timeoutMs }: { isReady: () => Promise<boolean>; timeoutMs: number },
): StartedService {
  const service = startProcess({ ...command, logFile, ...(pidFile === undefined ? {} : { pidFile }) }, guard);
  return { service, ready: waitUntilReady(service, { isReady, timeoutMs, logFile }) };
}

/**
 * Fills a new data folder with a copy of a template, which is created once: copying is several seconds faster than creating.
 * @param marker a file or folder that a filled data folder holds
 */
export async function copyTemplate(
  data: string,
  { name, marker, create }: { name: string; marker: string; create: (folder: string) => Promise<unknown> },
): Promise<void> {
  if (existsSync(path.join(data, marker))) return;
  const template = path.join(templateDir, name);
  await withLock(`${template}.lock`, async () => {
    if (existsSync(template)) return;
    const unfinished = emptyFolder(`${template}.unfinished`);
    await create(unfinished);
    renameSync(unfinished, template);
  });
  const unfinished = emptyFolder(`${data}.unfinished`);
  cpSync(template, unfinished, { recursive: true });
  renameSync(unfinished, data);
}

function emptyFolder(folder: string) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}
