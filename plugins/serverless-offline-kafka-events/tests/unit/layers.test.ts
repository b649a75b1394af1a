import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { PACKAGE } from '../helpers/node-modules.ts';

/** From the lowest to the highest: a folder imports from those before it. */
const LAYERS = [
  'support',
  'filter',
  'config',
  'record',
  'partition',
  'metrics',
  'fetch',
  'kafkajs',
  'kafka',
  'schema-registry',
  'destination',
  'mapping',
  'template',
  'offline',
];

const source = path.join(PACKAGE, 'src');
const imports = new Map(filesIn(source).map((file) => [file, importsOf(file)]));

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    return entry.isDirectory() ? filesIn(file) : [file];
  });
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const targets = [...text.matchAll(/(?:from |import\()'(\.[^']+)'/g)].map(([, target = '']) => target);
  return targets.map((target) => path.join(path.dirname(file), target));
}

function layerOf(file: string): number {
  return LAYERS.indexOf(path.relative(source, file).split(path.sep)[0] ?? '');
}

test('every folder is a layer, and no import runs upwards', () => {
  const upwards = [...imports].flatMap(([file, targets]) =>
    path.dirname(file) === source
      ? []
      : targets.filter((target) => layerOf(target) > layerOf(file) || layerOf(file) < 0),
  );
  expect(upwards).toEqual([]);
});

test('no imports form a circle', () => {
  const done = new Set<string>();
  const circles: string[][] = [];
  function follow(file: string, trail: readonly string[]): void {
    if (trail.includes(file)) circles.push([...trail.slice(trail.indexOf(file)), file]);
    if (done.has(file) || trail.includes(file)) return;
    for (const target of imports.get(file) ?? []) follow(target, [...trail, file]);
    done.add(file);
  }
  for (const file of imports.keys()) follow(file, []);
  expect(circles).toEqual([]);
});
