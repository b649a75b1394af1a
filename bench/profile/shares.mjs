import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {import('node:inspector').Profiler.Profile} Profile
 * @typedef {{ name: string, percent: number }} Share
 */

/** What esbuild writes above each file that it put into a bundle. */
const marker = /^\/\/ (\S+\.(?:js|mjs|cjs|ts))$/;

/**
 * The package, or our own file, that a bundled or installed file belongs to.
 * @param {string} file
 */
export const ownerOf = (file) => {
  const installed = file.split('node_modules/').slice(1).at(-1);
  if (installed === undefined) return file;
  const [first = '', second = ''] = installed.split('/');
  return first.startsWith('@') ? `${first}/${second}` : first;
};

/**
 * Tells which source a line of a bundle came from.
 * @param {string} root of the project
 * @returns {(url: string, line: number) => string | undefined} undefined for what is Node's own
 */
export const sourceFinder = (root) => {
  /** @type {Map<string, string[]>} */
  const marked = new Map();
  const markedLines = (/** @type {string} */ file) => {
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
};

/**
 * Shares of the busy time of the main thread, by the owner of the nearest code: what Node does for a package counts as its own.
 * @param {Profile} profile
 * @param {(url: string, line: number) => string | undefined} sourceOf
 * @returns {Share[]} the largest first
 */
export const sharesOf = ({ nodes, samples = [], timeDeltas = [] }, sourceOf) => {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const owner = (/** @type {number} */ leaf) => {
    for (let id = /** @type {number | undefined} */ (leaf); id !== undefined; id = parents.get(id)) {
      const frame = byId.get(id)?.callFrame;
      const source = frame === undefined ? undefined : sourceOf(frame.url, frame.lineNumber);
      if (source !== undefined) return ownerOf(source);
    }
    const name = byId.get(leaf)?.callFrame.functionName ?? '';
    return name.startsWith('(') ? name : 'Node itself';
  };
  /** @type {Map<string, number>} */
  const times = new Map();
  samples.forEach((id, index) => {
    const name = owner(id);
    times.set(name, (times.get(name) ?? 0) + (timeDeltas[index] ?? 0));
  });
  times.delete('(idle)');
  const busy = [...times.values()].reduce((sum, time) => sum + time, 0);
  return [...times]
    .map(([name, time]) => ({ name, percent: (100 * time) / busy }))
    .sort((a, b) => b.percent - a.percent);
};
