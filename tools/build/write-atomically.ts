import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Writes a file atomically and only if its contents change, because another process may be reading the same build. */
export function writeAtomically(file: string, contents: Uint8Array): void {
  try {
    if (Buffer.compare(readFileSync(file), contents) === 0) return;
  } catch {
    mkdirSync(path.dirname(file), { recursive: true });
  }
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, contents);
  renameSync(temporary, file);
}
