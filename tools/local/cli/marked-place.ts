import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** A place in a page that a command fills: between `<!-- kind: title -->` and `<!-- end of title -->`. */
export type Place = { kind: string; title: string };

/** Puts a text between the marks of its place, or with new marks at the end. */
export function placed(page: string, { kind, title }: Place, text: string) {
  const [begin, end] = [`<!-- ${kind}: ${title} -->`, `<!-- end of ${title} -->`];
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  const block = `${begin}\n\n${text}\n\n${end}`;
  if (from < 0 || to < from) return `${page.trimEnd()}${page.trim() === '' ? '' : '\n\n'}${block}\n`;
  return `${page.slice(0, from)}${block}${page.slice(to + end.length)}`;
}

/** The same in a file, which is created if it does not exist. */
export function fillPlace(file: string, place: Place, text: string) {
  mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
  const page = existsSync(file) ? readFileSync(file, 'utf8') : '';
  writeFileSync(file, placed(page, place, text));
}
