import { existsSync, readFileSync } from 'node:fs';
import type { Profiler } from 'node:inspector';
import { fileURLToPath } from 'node:url';

export type Profile = Profiler.Profile;

/** The name of the hook that writes profiles, in the folder of the profiles. */
export const HOOK_FILE = '.hook.mjs';

export type Share = { name: string; percent: number };

/** The comment that esbuild writes above each file in a bundle. */
const marker = /^\/\/ (\S+\.(?:js|mjs|cjs|ts))$/;

/** The package that a bundled or installed file belongs to, or the file itself when it is ours. */
export function ownerOf(file: string) {
  const installed = file.split('node_modules/').slice(1).at(-1);
  if (installed === undefined) return file;
  const [first = '', second = ''] = installed.split('/');
  return first.startsWith('@') ? `${first}/${second}` : first;
}

/**
 * Finds the source file of a line in a bundle.
 * @param root of the project
 * @returns undefined for Node's own code
 */
export function sourceFinder(root: string): (url: string, line: number) => string | undefined {
  const marked: Map<string, string[]> = new Map();
  const markedLines = (file: string) => {
    const known = marked.get(file);
    if (known !== undefined) return known;
    let source = '';
    const lines = readFileSync(file, 'utf8').split('\n');
    const found = lines.map((line) => {
      source = marker.exec(line)?.[1] ?? source;
      return source;
    });
    marked.set(file, found);
    return found;
  };
  return (url, line) => {
    if (url === '' || url.startsWith('node:')) return undefined;
    const file = url.startsWith('file:') ? fileURLToPath(url) : url;
    const isBundle = file.startsWith(`${root}/dist/`) && existsSync(file);
    const source = isBundle ? markedLines(file)[line] : undefined;
    return source === undefined || source === '' ? file.replace(`${root}/`, '') : source;
  };
}

/**
 * Shares of the busy time of the main thread, by the owner of the nearest frame: Node's work for a package counts as the
 * package's own.
 * @returns the largest first
 */
export function sharesOf(
  { nodes, samples = [], timeDeltas = [] }: Profile,
  sourceOf: (url: string, line: number) => string | undefined,
): Share[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const owner = (leaf: number) => {
    for (let id: number | undefined = leaf; id !== undefined; id = parents.get(id)) {
      const frame = byId.get(id)?.callFrame;
      const source = frame === undefined ? undefined : sourceOf(frame.url, frame.lineNumber);
      if (source !== undefined) return ownerOf(source);
    }
    const name = byId.get(leaf)?.callFrame.functionName ?? '';
    return name.startsWith('(') ? name : 'Node itself';
  };
  const times: Map<string, number> = new Map();
  samples.forEach((id, index) => {
    const name = owner(id);
    times.set(name, (times.get(name) ?? 0) + (timeDeltas[index] ?? 0));
  });
  // Neither waiting nor starting the profile is work.
  for (const name of [...times.keys()]) if (name === '(idle)' || name.endsWith(HOOK_FILE)) times.delete(name);
  const busy = [...times.values()].reduce((sum, time) => sum + time, 0);
  return [...times]
    .map(([name, time]) => ({ name, percent: (100 * time) / busy }))
    .sort((a, b) => b.percent - a.percent);
}
