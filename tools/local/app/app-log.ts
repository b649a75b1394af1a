import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { logDir } from '#tools/paths.ts';

/** A larger file is renamed to `….1` and replaces the previous one: two such files at most. */
const largestBytes = 16 * 1024 * 1024;
const flushAfterMs = 200;
const flushAtCharacters = 256 * 1024;

/** The log that `npm start` keeps: APP_LOG_FILE, or a file in .local. */
export function appLogFile(env: Record<string, string | undefined>): string {
  return env.APP_LOG_FILE || path.join(logDir, 'app.log');
}

/** Appends text to a bounded file, at most five times a second to keep the cost low, and at the process's exit. */
export function openLogFile(
  file: string,
  maxBytes: number = largestBytes,
): { write: (text: string) => void; flush: () => void } {
  mkdirSync(path.dirname(file), { recursive: true });
  let pending = '';
  let timer: NodeJS.Timeout | undefined;

  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (pending === '') return;
    const text = pending;
    pending = '';
    try {
      if (existsSync(file) && statSync(file).size > maxBytes) renameSync(file, `${file}.1`);
      appendFileSync(file, text);
    } catch {
      // A full disk must not stop the application: the lines were printed all the same.
    }
  };
  process.once('exit', flush);

  return {
    write(text) {
      pending += text;
      if (pending.length >= flushAtCharacters) flush();
      else timer ??= setTimeout(flush, flushAfterMs).unref();
    },
    flush,
  };
}

/**
 * Reads the file and the one it replaced, oldest first.
 * @returns lines; undefined without a file
 */
export function readLogFile(file: string): string[] | undefined {
  const files = [`${file}.1`, file].filter((name) => existsSync(name));
  if (files.length === 0) return undefined;
  return files.flatMap((name) => readFileSync(name, 'utf8').split('\n'));
}

/**
 * Reads the lines at the end of the file that contain one of the texts, oldest first.
 * @returns no lines without a file
 */
export async function searchLogEnd(
  file: string,
  texts: readonly string[],
  maxBytes: number = 4 * 1024 * 1024,
): Promise<string[]> {
  if (!existsSync(file)) return [];
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const start = Math.max(0, size - maxBytes);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - start), 0, size - start, start);
    const lines = buffer.toString('utf8', 0, bytesRead).split('\n');
    return lines.filter((line) => texts.some((text) => line.includes(text)));
  } finally {
    await handle.close();
  }
}
