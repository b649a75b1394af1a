import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { bundleHandlers } from '#tools/build/handlers.ts';
import { sourceOf } from '#tools/deploy/function-zips.ts';

interface Definition {
  readonly handler: string;
  readonly events: ReadonlyArray<Readonly<Record<string, unknown>>>;
}

const functions: Readonly<Record<string, Definition>> = parse(readFileSync('serverless.yml', 'utf8')).functions;
const sources = new Map(Object.entries(functions).map(([name, { handler }]) => [name, sourceOf(handler)]));
const bundles = await bundleHandlers([...new Set(sources.values())]);

function contentsOf(name: string): readonly string[] {
  return bundles.get(sources.get(name) ?? '')?.contents ?? [];
}

/** What each package is part of, whatever folder npm has put it into. */
function packagesOf(name: string): string[] {
  return [
    ...new Set(contentsOf(name).flatMap((file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? [])),
  ];
}
function needsArgon2(name: string): boolean {
  return bundles.get(sources.get(name) ?? '')?.needsArgon2 === true;
}
function namesWhere(test: (name: string) => boolean): string[] {
  return Object.keys(functions).filter(test);
}

describe('a function holds only what it needs', () => {
  it('the one that reads a user: the database and the cache, neither broker nor mail server nor hashes', () => {
    const packages = packagesOf('getUser');

    expect(packages).toEqual(expect.arrayContaining(['knex', 'mysql2', 'ioredis']));
    expect(packages).not.toContain('kafkajs');
    expect(packages).not.toContain('nodemailer');
    expect(needsArgon2('getUser')).toBe(false);
  });

  it('only those that check or set passwords: argon2', () => {
    expect(namesWhere(needsArgon2)).toEqual(['createUser', 'updateUser']);
  });

  it('only those that send mails: nodemailer', () => {
    expect(namesWhere((name) => packagesOf(name).includes('nodemailer'))).toEqual(['sendWelcomeEmail', 'deliverDue']);
  });

  it('only those that publish, probe or prepare: kafkajs', () => {
    expect(namesWhere((name) => packagesOf(name).includes('kafkajs'))).toEqual([
      'createUser',
      'retryEvent',
      'sendWelcomeEmail',
      'deliverDue',
      'relayOutbox',
      'confirmEmailSent',
      'ready',
      'prepareStage',
    ]);
  });

  it('those without a server: no client at all', () => {
    for (const name of ['live', 'responseData', 'openapi', 'home', 'notFound', 'authorizer'])
      expect(packagesOf(name).filter((found) => /^(knex|mysql2|ioredis|kafkajs|nodemailer)$/.test(found))).toEqual([]);
  });

  it.each(Object.keys(functions))('%s: neither a schema compiler nor a dialect of another database', (name) => {
    const files = contentsOf(name);

    expect(files.length).toBeGreaterThan(0);
    expect(
      files.filter((file) => /node_modules\/(ajv|eta|typebox\/build\/(compile|schema|value))\//.test(file)),
    ).toEqual([]);
    expect(files.filter((file) => /knex\/lib\/dialects\/(?!index\.js|mysql\/|mysql2\/)/.test(file))).toEqual([]);
  });
});
