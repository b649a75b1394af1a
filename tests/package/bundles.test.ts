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

/** The packages in a bundle, wherever npm installed them. */
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

describe('a bundle contains only what its function needs', () => {
  it('code that exports spans only on request', async () => {
    const exporters = (from: typeof bundles) =>
      [...from.values()].filter(({ contents }) => contents.includes('shared/observability/span-exporter.ts')).length;
    expect(exporters(bundles)).toBe(0);
    expect(exporters(await bundleHandlers(['functions/users/create.ts'], { exportsSpans: true }))).toBe(1);
  });

  it('getUser: clients of database and cache, but no Kafka, SMTP or argon2', () => {
    const packages = packagesOf('getUser');

    expect(packages).toEqual(expect.arrayContaining(['knex', 'mysql2', 'ioredis']));
    expect(packages).not.toContain('kafkajs');
    expect(packages).not.toContain('nodemailer');
    expect(needsArgon2('getUser')).toBe(false);
  });

  it('argon2 only in functions that check or set passwords', () => {
    expect(namesWhere(needsArgon2)).toEqual(['createUser', 'updateUser']);
  });

  it('nodemailer only in functions that send mails', () => {
    expect(namesWhere((name) => packagesOf(name).includes('nodemailer'))).toEqual(['sendWelcomeEmail', 'deliverDue']);
  });

  it('kafkajs only in functions that publish, probe or prepare', () => {
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

  it('no client in functions that use no server', () => {
    for (const name of ['live', 'responseData', 'openapi', 'home', 'notFound', 'authorizer'])
      expect(packagesOf(name).filter((found) => /^(knex|mysql2|ioredis|kafkajs|nodemailer)$/.test(found))).toEqual([]);
  });

  it.each(Object.keys(functions))('%s: no schema library and no dialect of another database', (name) => {
    const files = contentsOf(name);

    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((file) => /node_modules\/(ajv|eta|typebox)\//.test(file))).toEqual([]);
    expect(files.filter((file) => /knex\/lib\/dialects\/(?!index\.js|mysql\/|mysql2\/)/.test(file))).toEqual([]);
  });
});
