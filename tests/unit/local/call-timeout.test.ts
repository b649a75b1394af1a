import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cancelCallTimers } from '#tools/local/offline/call-timeout.ts';

const CALLS = 50_000;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'call-timeout-'));
  writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(
    path.join(folder, 'handlers.js'),
    `export const answer = async (event) => event;
     export const fail = async () => { throw new Error('a mistake in the code'); };
     export const hang = () => new Promise(() => {});`,
  );
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function projectWith(offlineOptions: object = {}) {
  const define = (name: string, timeout?: number) => ({
    name: `test-${name}`,
    handler: `handlers.${name}`,
    ...(timeout === undefined ? {} : { timeout }),
  });
  return {
    serviceDir: folder,
    config: { serverlessPath: '', servicePath: folder },
    service: {
      service: 'test',
      provider: { timeout: 10, runtime: 'nodejs20.x', region: 'eu-central-1' },
      functions: {
        answer: define('answer'),
        fail: define('fail'),
        hang: define('hang', 0.05),
        consume: { ...define('hang', 0.05), name: 'test-consume', events: [{ kafka: { topic: 'orders' } }] },
      },
      custom: { 'serverless-offline': { useInProcess: true, ...offlineOptions } } as Record<string, object>,
    },
  };
}

type Project = ReturnType<typeof projectWith>;

/** serverless-offline's own functions, with the options that it would read after the patch. */
async function functionsOf({ serviceDir, config, service }: Project) {
  const source = path.dirname(fileURLToPath(import.meta.resolve('serverless-offline')));
  const { default: LambdaFunction } = await import(pathToFileURL(path.join(source, 'lambda/LambdaFunction.js')).href);
  const options = service.custom['serverless-offline'];
  return (name: keyof Project['service']['functions']) =>
    new LambdaFunction(name, service.functions[name], { serviceDir, config, service }, options);
}

function liveTimers(): number {
  return process.getActiveResourcesInfo().filter((type) => type === 'Timeout').length;
}

it('leaves other versions and disabled timeouts alone', async () => {
  const other = projectWith();
  const disabled = projectWith({ noTimeout: true });

  expect(await cancelCallTimers(other, {}, '14.9.0')).toBe(false);
  expect(await cancelCallTimers(disabled)).toBe(false);
  expect(await cancelCallTimers(other, { noTimeout: true })).toBe(false);

  expect(other.service.custom).toEqual({ 'serverless-offline': { useInProcess: true } });
});

describe('with calls limited by timers that end with the call', () => {
  it(`leaves no timer alive after ${CALLS} calls`, { timeout: 10_000 + 2 * CALLS }, async () => {
    const project = projectWith();
    expect(await cancelCallTimers(project)).toBe(true);
    const called = (await functionsOf(project))('answer');
    const before = liveTimers();

    for (let call = 0; call < CALLS; call += 1) {
      called.setEvent({ call });
      expect(await called.runHandler()).toEqual({ call });
    }

    expect(liveTimers() - before).toBeLessThan(10);
  });

  it("fails a function that hangs after its timeout, and returns a handler's own error", async () => {
    const project = projectWith();
    await cancelCallTimers(project);
    const functions = await functionsOf(project);
    const before = liveTimers();

    await expect(functions('hang').runHandler()).rejects.toThrow('[504] - Lambda timeout.');
    await expect(functions('fail').runHandler()).rejects.toThrow('a mistake in the code');

    expect(liveTimers() - before).toBeLessThan(10);
  });

  it('leaves functions with Kafka events to the event source', async () => {
    const project = projectWith();
    await cancelCallTimers(project);
    const functions = await functionsOf(project);
    const consumed = functions('consume').runHandler();
    await expect(functions('hang').runHandler()).rejects.toThrow('[504] - Lambda timeout.');
    expect(await Promise.race([consumed, Promise.resolve('still running')])).toBe('still running');
  });
});
