import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Context } from 'aws-lambda';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { HttpHandler } from '#shared/http/http-handler.ts';
import type { KafkaHandler } from '#shared/kafka/consumer-handler.ts';
import { httpEvent, invoke } from '#tests/helpers/http-events.ts';
import { rawRecord } from '#tests/helpers/raw-records.ts';
import { codeBlocks } from './markdown.ts';

const blocks = codeBlocks({ file: 'CONTRIBUTING.md', text: readFileSync('CONTRIBUTING.md', 'utf8') });

// Inside the repository, so that the package.json imports resolve.
mkdirSync('.local', { recursive: true });
const folder = mkdtempSync(path.resolve('.local', 'contributing-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Endpoint {
  readonly handler: HttpHandler;
}

interface Consumer {
  countConfirmations(report: (events: number) => Promise<void>): KafkaHandler;
}

/** The files shown on the page, without the first line, which names the file. */
const files = blocks
  .filter(({ language }) => language === 'ts')
  .map(({ code }) => {
    const name = /^\/\/ (\S+\.ts)\n/.exec(code)?.[1] ?? '';
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, code.replace(/^.*\n/, ''));
    return { name, file };
  });

async function exampleOf<T>(name: string): Promise<T> {
  const example: T = await import(files.find((one) => one.name === name)?.file ?? name);
  return example;
}

/** The serverless.yml entries shown on the page. */
const entries: Readonly<Record<string, { readonly handler: string }>> = Object.assign(
  {},
  ...blocks.filter(({ language }) => language === 'yaml').map(({ code }) => parse(code)),
);

describe('the worked example in CONTRIBUTING.md', () => {
  it('type-checks', async () => {
    const project = path.join(folder, 'tsconfig.json');
    writeFileSync(project, JSON.stringify({ extends: '../../tsconfig.json', include: ['functions'], exclude: [] }));

    await expect(
      promisify(execFile)(process.execPath, ['node_modules/typescript/bin/tsc', '--noEmit', '-p', project]),
    ).resolves.toMatchObject({ stdout: '' });
  }, 30_000);

  it('has a serverless.yml entry for every handler', () => {
    const handlers = Object.values(entries).map(({ handler }) => handler);

    expect(handlers).toEqual(files.map(({ name }) => `dist/${name.replace(/\.ts$/, '.handler')}`));
  });

  it('has an endpoint that returns 200 and rejects invalid input', async () => {
    const { handler } = await exampleOf<Endpoint>('functions/system/greet.ts');
    const greet = (name: string) =>
      invoke(handler, httpEvent({ routeKey: 'GET /api/greetings/{name}', pathParameters: { name } }));

    expect(await greet('Ann')).toMatchObject({ status: 200, body: { greeting: 'Hello, Ann!' } });
    expect(await greet('n'.repeat(21))).toMatchObject({ status: 400, error: { code: 'INVALID_INPUT' } });
  });

  it('has a consumer that handles the whole batch, whatever the records contain', async () => {
    const { countConfirmations } = await exampleOf<Consumer>('functions/outbox/count-confirmations.ts');
    const reported: number[] = [];
    const handler = countConfirmations(async (events) => {
      reported.push(events);
    });
    const key = Buffer.from('one').toString('base64');
    const records = [rawRecord('not JSON', { key }), rawRecord(null, { key }), rawRecord('{}')];

    const event = { eventSource: 'SelfManagedKafka', records: { 'user.email.sent-0': records } };
    await handler(event, { getRemainingTimeInMillis: () => 1000 } as Context);

    expect(reported).toEqual([2]);
  });
});
