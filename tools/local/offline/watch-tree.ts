import { type Dirent, type FSWatcher, readdirSync, watch } from 'node:fs';
import path from 'node:path';

const ignored = new Set(['node_modules', 'dist', 'generated', '.git']);
function isSource(name: string) {
  return /\.(ts|mts|js|mjs|json|html|css|sql|eta)$/.test(name);
}

/**
 * Watches folders and everything below them. It watches folders, not files, because editors replace files.
 * @param onChange called often; receives the folder where the system does not name the file
 * @returns stops watching
 */
export function watchTree(folders: string[], onChange: (file: string) => void): () => void {
  const watchers: Map<string, FSWatcher> = new Map();
  const add = (folder: string) => {
    if (watchers.has(folder)) return;
    const entries = entriesOf(folder);
    if (entries === undefined) return;
    const watcher = watch(folder, { persistent: false }, (kind, name) => {
      if (kind === 'rename' && name !== null) add(path.join(folder, name));
      if (name === null || isSource(name)) onChange(name === null ? folder : path.join(folder, name));
    });
    watcher.on('error', () => remove(folder));
    watchers.set(folder, watcher);
    for (const entry of entries) {
      if (entry.isDirectory() && !ignored.has(entry.name)) add(path.join(folder, entry.name));
    }
  };
  const remove = (folder: string) => {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  };
  for (const folder of folders) add(folder);
  return () => {
    for (const folder of [...watchers.keys()]) remove(folder);
  };
}

/** @returns undefined when it is not a folder, or no longer exists */
function entriesOf(folder: string): Dirent[] | undefined {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return undefined;
  }
}
