import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';

/** A file this long becomes `….1`, in the place of the one before: two such files at most. */
const longestBytes = 16 * 1024 * 1024;
const flushAfterMs = 200;
const flushAtBytes = 256 * 1024;

/**
 * Keeps what is printed in a bounded file. Written a few times a second, so that it costs next to nothing; what is not written yet
 * is written at the process's exit.
 */
export function openLogFile(
  file: string,
  maxBytes: number = longestBytes,
): { write: (text: string) => void; flush: () => void } {
  mkdirSync(path.dirname(file), { recursive: true });
  let waiting: string[] = [];
  let waitingBytes = 0;
  let timer: NodeJS.Timeout | undefined;

  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.length === 0) return;
    const text = waiting.join('');
    waiting = [];
    waitingBytes = 0;
    try {
      if (existsSync(file) && statSync(file).size > maxBytes) renameSync(file, `${file}.1`);
      appendFileSync(file, text);
    } catch {
      // A full disk must not stop the application: the line was printed all the same.
    }
  };
  process.once('exit', flush);

  return {
    write(text) {
      waiting.push(text);
      waitingBytes += text.length;
      if (waitingBytes >= flushAtBytes) flush();
      else timer ??= setTimeout(flush, flushAfterMs).unref();
    },
    flush,
  };
}

/**
 * What the file and the one before it hold, oldest first.
 * @returns lines; undefined when there is no file
 */
export function readLogFile(file: string): string[] | undefined {
  const parts = [`${file}.1`, file].filter((name) => existsSync(name));
  if (parts.length === 0) return undefined;
  return parts.flatMap((name) => readFileSync(name, 'utf8').split('\n'));
}
