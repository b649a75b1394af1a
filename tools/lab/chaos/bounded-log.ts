import { appendFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const limitBytes = 16 * 1024 * 1024;

/**
 * Keeps the last 16 to 32 MB of what a process prints: an application that meets an outage for half an hour prints a lot.
 */
export function boundedLog(file: string): (chunk: Buffer) => void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, '');
  let size = 0;
  return (chunk) => {
    if (size + chunk.length > limitBytes) {
      renameSync(file, `${file}.1`);
      size = 0;
    }
    appendFileSync(file, chunk);
    size += chunk.length;
  };
}
