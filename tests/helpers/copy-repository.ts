import { cpSync, mkdtempSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const NOT_COPIED = ['node_modules', '.local', '.git', 'docs', 'tests', path.join('dist', '.hot')];

/** Copies what `npm start` runs, so that a test may save source files. */
export function copyRepository(): string {
  const copy = mkdtempSync(path.join(os.tmpdir(), 'hot-reload-'));
  const root = process.cwd();
  const isWanted = (file: string) => !NOT_COPIED.includes(path.relative(root, file));
  cpSync(root, copy, { recursive: true, filter: isWanted });
  symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
  return copy;
}
