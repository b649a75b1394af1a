import { NO_HALF_CHARACTER, WELL_FORMED } from '#shared/validation/atoms.ts';

type Entry = [key: string, value: unknown];

/** Text in JSON is Unicode: what we say about half characters is beyond what other tools can read in a pattern. */
function entriesOf([key, value]: Entry): Entry[] {
  if (key === 'errorMessage' || (key === 'pattern' && value === WELL_FORMED)) return [];
  if (key === 'pattern') return [[key, String(value).replaceAll(NO_HALF_CHARACTER, '')]];
  return [[key, published(value)]];
}

/** A schema as others may read it: without the keyword of our own, and with patterns that every tool understands. */
export function published(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(published);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(Object.entries(schema).flatMap(entriesOf));
}
