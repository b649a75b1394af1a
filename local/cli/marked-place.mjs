import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * A place in a page that a command fills: between `<!-- kind: title -->` and `<!-- end of title -->`.
 * @typedef {{ kind: string, title: string }} Place
 */

/**
 * Puts a text between the marks of its place, or at the end with marks of its own.
 * @param {string} page
 * @param {Place} place
 * @param {string} text
 */
export const placed = (page, { kind, title }, text) => {
  const [begin, end] = [`<!-- ${kind}: ${title} -->`, `<!-- end of ${title} -->`];
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  const block = `${begin}\n\n${text}\n\n${end}`;
  if (from < 0 || to < from) return `${page.trimEnd()}${page.trim() === '' ? '' : '\n\n'}${block}\n`;
  return `${page.slice(0, from)}${block}${page.slice(to + end.length)}`;
};

/**
 * The same in a file, which is made when it is not there.
 * @param {string} file
 * @param {Place} place
 * @param {string} text
 */
export const fillPlace = (file, place, text) => {
  mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
  const page = existsSync(file) ? readFileSync(file, 'utf8') : '';
  writeFileSync(file, placed(page, place, text));
};
